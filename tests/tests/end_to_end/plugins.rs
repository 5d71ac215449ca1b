//! Plugins in directories: used by name, swapped under load, and bad ones kept out.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use prost::Message;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::{Gateway, binary, test_plugins};
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tempfile::TempDir;
use tonic::metadata::MetadataMap;

fn built_in(name: &str) -> std::path::PathBuf {
    binary().ancestors().nth(2).expect("the target folder").join("plugins").join(format!("{name}.wasm"))
}

fn copy(from: &Path, to: &Path) {
    let bytes =
        std::fs::read(from).unwrap_or_else(|_| panic!("{} is built by `cargo xtask test`", from.display()));
    // A rename, as careful people do it; the test of bad files writes in place.
    let aside = to.with_extension("new");
    std::fs::write(&aside, bytes).expect("a writable folder");
    std::fs::rename(aside, to).expect("a rename");
}

/// `routing_key: tenant` loads tenant.wasm with its settings; requests of one tenant meet at one backend, by
/// header first and by resource attribute without one.
#[tokio::test(flavor = "multi_thread")]
async fn a_users_key_routes_by_tenant() {
    let backends = [Backend::start().await, Backend::start().await];
    let addresses: Vec<_> = backends.iter().map(Backend::address).collect();
    let yaml = config::load_balancing(&addresses, "routing_key: tenant\ntenant:\n  header: x-scope-orgid");
    let plugins = test_plugins();
    let gateway = Gateway::start_with(&yaml, &["--plugins", &plugins.to_string_lossy()]).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for tenant in 0..20 {
        for _ in 0..3 {
            let body = Bytes::from(traffic::traces(5, 2).encode_to_vec());
            let mut headers = MetadataMap::new();
            headers.insert("x-scope-orgid", format!("tenant-{tenant}").parse().expect("a header"));
            client.send_bytes("traces", body, headers).await.expect("accepted");
        }
    }
    let total = || backends.iter().map(|backend| traffic::spans_of(&backend.traces()).len()).sum::<usize>();
    wait::until("600 spans", || async { total() == 600 }).await;
    for backend in &backends {
        let spans = traffic::spans_of(&backend.traces()).len();
        assert!(spans > 0 && spans.is_multiple_of(30), "a tenant's 30 spans meet: {spans}");
    }
}

/// A plugin is replaced again and again while traffic flows: no request is refused, no span is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_swap_under_load_loses_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("mine.wasm");
    copy(&built_in("traceID"), &file);
    let backends = [Backend::start().await, Backend::start().await];
    let addresses: Vec<_> = backends.iter().map(Backend::address).collect();
    let yaml = config::load_balancing(&addresses, "routing_key: mine")
        .lines()
        .filter(|line| !line.trim_start().starts_with("metrics: {receivers"))
        .collect::<Vec<_>>()
        .join("\n");
    let gateway = Gateway::start_with(&yaml, &["--plugins", &folder.path().to_string_lossy()]).await;
    let metrics = gateway.address("metrics");
    let client = Client::connect(gateway.address("receiver")).await;
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (client, stop) = (client.clone(), stop.clone());
            tokio::spawn(async move {
                let mut spans = 0;
                while !stop.load(Ordering::Relaxed) {
                    client
                        .send("traces", &traffic::traces(10, 2))
                        .await
                        .expect("no request is refused by a swap");
                    spans += 20;
                }
                spans
            })
        })
        .collect();
    let epoch = || async { Page::scrape(metrics).await.sum("sluice_plugin_epoch", &["plugin=\"mine\""]) };
    for name in ["service", "traceID", "service", "traceID"] {
        let before = epoch().await;
        copy(&built_in(name), &file);
        wait::until("the next epoch", || async { epoch().await > before }).await;
    }
    let before = epoch().await;
    std::fs::write(&file, b"this is no WebAssembly").expect("a writable folder");
    gateway.wait_for_log("mine.wasm").await;
    wait::until("the bad file to be reported", || async {
        let page = Page::scrape(metrics).await;
        page.sum("sluice_plugin_reloads_total", &["plugin=\"mine\"", "outcome=\"failure\""]) > 0.0
    })
    .await;
    assert_eq!(epoch().await, before, "a bad file leaves the old one in place");
    stop.store(true, Ordering::Relaxed);
    let mut sent = 0;
    for sender in senders {
        sent += sender.await.expect("a sender that ends");
    }
    let total = || {
        backends
            .iter()
            .map(|backend| traffic::spans_of(&backend.traces()).values().sum::<usize>())
            .sum::<usize>()
    };
    wait::until("every span to arrive", || async { total() >= sent }).await;
    assert_eq!(total(), sent);
}

/// The `..data` swap of a mounted ConfigMap counts as a change of the file behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_config_map_swap_is_a_change() {
    let folder = TempDir::new().expect("a temporary folder");
    let mount = folder.path();
    for (version, name) in [("..v1", "traceID"), ("..v2", "service")] {
        std::fs::create_dir(mount.join(version)).expect("a folder");
        copy(&built_in(name), &mount.join(version).join("mine.wasm"));
    }
    symlink("..v1", mount.join("..data")).expect("a symlink");
    symlink("..data/mine.wasm", mount.join("mine.wasm")).expect("a symlink");
    let backend = Backend::start().await;
    let yaml = config::load_balancing(&[backend.address()], "routing_key: mine")
        .lines()
        .filter(|line| !line.trim_start().starts_with("metrics: {receivers"))
        .collect::<Vec<_>>()
        .join("\n");
    let gateway = Gateway::start_with(&yaml, &["--plugins", &mount.to_string_lossy()]).await;
    let metrics = gateway.address("metrics");
    let epoch = || async { Page::scrape(metrics).await.sum("sluice_plugin_epoch", &["plugin=\"mine\""]) };
    let before = epoch().await;
    symlink("..v2", mount.join("..data_tmp")).expect("a symlink");
    std::fs::rename(mount.join("..data_tmp"), mount.join("..data")).expect("a rename");
    wait::until("the next epoch", || async { epoch().await > before }).await;
}
