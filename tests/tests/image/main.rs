//! The container image as an engine runs it: one static binary in a root of its own, which is read-only, as a user that
//! may do nothing. `cargo xtask test` builds it, unoptimised, and runs this as a stage of its own.

#![allow(clippy::expect_used, reason = "a test that cannot go on ends, and says what it expected")]

mod root;

use std::process::{Command, Output};

use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::test_plugins;
use sluice_tests::{config, programs, traffic, wait};

use self::root::{Root, built};

/// Tools of engines take it, as a layout and as a tar file: it is of this machine's kind, and no byte is another than its
/// digest says.
#[tokio::test(flavor = "multi_thread")]
async fn tools_of_engines_take_it() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let layout = format!("oci:{}:test", built("image").display());
    let archive = format!("docker-archive:{}", built("sluice-image.tar").display());
    for (number, from) in [layout, archive].iter().enumerate() {
        let copy = format!("dir:{}", folder.path().join(number.to_string()).display());
        let output = skopeo(&["copy", from, &copy]).await;
        assert!(output.status.success(), "{output:?}");
        let output = skopeo(&["inspect", "--config", &copy]).await;
        let config: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let wanted = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
        assert_eq!(
            (&config["architecture"], &config["config"]["User"]),
            (&wanted.into(), &"65532:65532".into())
        );
    }
}

async fn skopeo(arguments: &[&str]) -> Output {
    let mut command = Command::new("skopeo");
    command.arg("--insecure-policy").args(arguments);
    programs::run(command).await
}

/// `/conf/config.yaml` is the configuration where none is named, plugins are loaded from the drop-in folder, and the
/// commands that stand in for a shell work.
#[tokio::test(flavor = "multi_thread")]
async fn its_commands_need_nothing_else() {
    let root = Root::unpack();
    root.write(
        "etc/sluice/plugins/tenant.wasm",
        std::fs::read(test_plugins().join("tenant.wasm")).expect("a plugin"),
    );
    let yaml = "receivers: {nop: }\nexporters: {load_balancing: {routing_key: tenant, tenant: {header: x-tenant}, resolver: \
                {static: {hostnames: ['127.0.0.1:1', '127.0.0.1:2']}}}}\nservice: {pipelines: {traces: {receivers: [nop], \
                exporters: [load_balancing]}}}\n";
    root.write("conf/config.yaml", yaml);

    let output = root.run(&["validate"]).await;
    assert!(output.status.success(), "{output:?}");
    let output = root.run(&["resolve"]).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("load_balancing: 2 backends\n"), "{output:?}");
    let output = root.run(&["health", "--address", "127.0.0.1:1"]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    root.remove("etc/sluice/plugins/tenant.wasm");
    let output = root.run(&["validate"]).await;
    assert_eq!(output.status.code(), Some(1), "the plugin came from the folder: {output:?}");
}

/// With the argument of the Collector's Helm chart and operator, a gateway finds its backend by a name in the image's own
/// hosts file, delivers, answers the health check and the preStop hook from within, and ends by SIGTERM without loss.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_in_it_serves_and_ends() {
    let root = Root::unpack();
    let backend = Backend::start().await;
    let block = format!(
        "protocol: {{otlp: {{tls: {{insecure: true}}}}}}\nresolver: {{static: {{hostnames: ['localhost:{}']}}}}",
        backend.address().port()
    );
    let pipelines = config::pipelines("loadbalancing", &block, "");
    root.write("conf/collector.yaml", format!("{pipelines}sluice: {{admin_endpoint: '127.0.0.1:0'}}\n"));
    let mut gateway = root.start(&["--config=/conf/collector.yaml"]).await;

    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(20, 2)).await.expect("accepted");
    wait::until("delivery", || async { traffic::spans_of(&backend.traces()).len() == 40 }).await;

    let health = gateway.address("health").to_string();
    let output = root.run(&["health", "--address", &health]).await;
    assert!(output.status.success(), "{output:?}");
    let admin = gateway.address("admin").to_string();
    let output = root.run(&["drain", "--admin", &admin, "--quiet", "1s", "--timeout", "50s"]).await;
    assert!(output.status.success(), "{output:?}");
    let output = root.run(&["health", "--ready", "--address", &health]).await;
    assert_eq!(output.status.code(), Some(1), "it is draining: {output:?}");
    gateway.terminate();
    assert!(gateway.wait().await.success(), "{:#?}", gateway.log());
}
