//! The k8s resolver where there is no Kubernetes. Where there is, tests/tests/kubernetes tries it.

use std::process::{Command, Stdio};

use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::metrics::get;

/// The guide's example 2, on ports of the system's choice.
fn example_2() -> String {
    let file = project().join("host/config/tests/data/guide/example-2.yaml");
    let yaml = std::fs::read_to_string(file).expect("the guide's file");
    let yaml = yaml.replace("      grpc:\n", "      grpc: {endpoint: '127.0.0.1:0'}\n");
    let service =
        "service:\n  extensions: [health_check]\n  telemetry: {metrics: {address: '127.0.0.1:0'}}\n";
    yaml.replace("service:\n", service) + "extensions: {health_check: {endpoint: '127.0.0.1:0'}}\n"
}

/// The guide's example 2 needs no cluster to be validated.
#[test]
fn example_2_is_valid_without_a_cluster() {
    let status = Command::new(binary())
        .args(["validate", "--config", "host/config/tests/data/guide/example-2.yaml"])
        .current_dir(project())
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("a binary that starts").success());
}

/// Without a service account and without a KUBECONFIG it starts all the same: alive, not ready, and it says what it
/// needs.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_a_cluster_is_not_ready() {
    let environment =
        [("KUBECONFIG", "/there/is/none".to_owned()), ("KUBERNETES_SERVICE_HOST", String::new())];
    let gateway = Gateway::spawn_with_environment(&example_2(), &environment).started().await;
    gateway.wait_for_log("no Kubernetes API server to ask").await;
    assert!(gateway.has_logged("service account"));
    let health = gateway.address("health");
    assert_eq!(get(health, "/health").await.0, 200);
    assert_eq!(get(health, "/ready").await.0, 503);
}
