//! OpenTelemetry's own SDKs as senders.

use std::collections::BTreeSet;
use std::process::Command;

use sluice_tests::backend::Backend;
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::programs::{has_node, prepared, run};
use sluice_tests::{config, traffic, wait};

/// The exporters of the Python SDK deliver traces, metrics and logs over OTLP/gRPC; each trace meets at one backend.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_delivers_all_signals() {
    deliver_all_signals(|gateway| python(&gateway.address("receiver").to_string())).await;
}

/// The same over OTLP/HTTP, in protobuf and compressed with gzip.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_delivers_all_signals_over_http() {
    deliver_all_signals(|gateway| python(&format!("http://{}", gateway.address("http")))).await;
}

/// The exporters of the JavaScript SDK deliver all signals over OTLP/gRPC, compressed with gzip.
#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_delivers_all_signals() {
    if has_node() {
        deliver_all_signals(|gateway| javascript("grpc", gateway, "receiver")).await;
    }
}

/// The same over OTLP/HTTP, in protobuf.
#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_delivers_all_signals_over_http() {
    if has_node() {
        deliver_all_signals(|gateway| javascript("http/protobuf", gateway, "http")).await;
    }
}

/// The same in JSON.
#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_delivers_all_signals_in_json() {
    if has_node() {
        deliver_all_signals(|gateway| javascript("http/json", gateway, "http")).await;
    }
}

fn python(endpoint: &str) -> Command {
    let mut command = Command::new(prepared("python/bin/python"));
    command.arg(project().join("tests/python/send.py")).arg(endpoint);
    command
}

fn javascript(protocol: &str, gateway: &Gateway, server: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(prepared("javascript/send.js"));
    command.args([protocol, &format!("http://{}", gateway.address(server))]);
    command
}

async fn deliver_all_signals(sender: impl FnOnce(&Gateway) -> Command) {
    let backends = [Backend::start().await, Backend::start().await, Backend::start().await];
    let addresses: Vec<_> = backends.iter().map(Backend::address).collect();
    let gateway = Gateway::start(&config::load_balancing(&addresses, "")).await;
    let mut sender = sender(&gateway);
    sender.args(["40", "5"]);
    let output = run(sender).await;
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
