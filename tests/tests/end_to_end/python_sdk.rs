//! The OpenTelemetry Python SDK as the sender.

use std::collections::BTreeSet;
use std::process::Command;

use sluice_tests::backend::Backend;
use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::{config, traffic, wait};

/// The SDK's own exporters deliver traces, metrics and logs over OTLP/gRPC; each trace meets at one backend.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_delivers_all_signals() {
    deliver_all_signals(|gateway| gateway.address("receiver").to_string()).await;
}

/// The same over OTLP/HTTP, in protobuf and compressed with gzip.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_delivers_all_signals_over_http() {
    deliver_all_signals(|gateway| format!("http://{}", gateway.address("http"))).await;
}

async fn deliver_all_signals(endpoint: impl FnOnce(&Gateway) -> String) {
    let backends = [Backend::start().await, Backend::start().await, Backend::start().await];
    let addresses: Vec<_> = backends.iter().map(Backend::address).collect();
    let gateway = Gateway::start(&config::load_balancing(&addresses, "")).await;
    let target = binary().ancestors().nth(2).expect("the target folder").to_path_buf();
    let python = target.join("python/bin/python");
    assert!(python.exists(), "{} is not there; run `cargo xtask test`, which makes it", python.display());
    let endpoint = endpoint(&gateway);
    let output = tokio::task::spawn_blocking(move || {
        let script = project().join("tests/python/send.py");
        Command::new(python).arg(script).args([&endpoint, "40", "5"]).output().expect("a Python that starts")
    })
    .await
    .expect("a sender that ends");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("Failed to export"), "{stderr}");

    let ids: BTreeSet<String> = stdout.lines().map(str::to_owned).collect();
    assert_eq!(ids.len(), 40);
    let spans = || backends.iter().map(|backend| traffic::spans_of(&backend.traces()).len()).sum::<usize>();
    wait::until("200 spans", || async { spans() >= 200 }).await;
    assert_eq!(spans(), 200);
    let mut seen = BTreeSet::new();
    for id in backends.iter().flat_map(|backend| traffic::trace_ids_of(&backend.traces())) {
        let text: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(ids.contains(&text) && seen.insert(text), "a trace of another's, or at two backends");
    }
    wait::until("logs and metrics", || async {
        let logs: usize = backends.iter().map(|backend| traffic::records_of(&backend.logs()).len()).sum();
        let points: usize = backends.iter().map(|backend| traffic::points_of(&backend.metrics()).len()).sum();
        logs == 40 && points == 40
    })
    .await;
}
