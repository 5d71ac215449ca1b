//! A gateway as in a pod: it finds the API server and its service account where pods do.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::kubernetes::Cluster;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tempfile::{NamedTempFile, TempDir};

/// Where pods find their service account.
pub(crate) const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// From now on, gateways are started with this account.
pub(crate) fn mount_account(cluster: &Cluster, namespace: &str, token: &str) {
    write_account(Path::new(ACCOUNT), cluster, namespace, token);
}

/// From now on, gateways are started without an account.
pub(crate) fn unmount_account() {
    for name in ["namespace", "token", "ca.crt"] {
        // It may never have been there.
        let _ = std::fs::remove_file(Path::new(ACCOUNT).join(name));
    }
}

/// A namespace with a service account that may watch, which is mounted.
pub(crate) async fn namespace(cluster: &Cluster, namespace: &str) {
    let token = cluster.account(namespace, "sluice").await;
    cluster.permit(namespace, "sluice").await;
    mount_account(cluster, namespace, &token);
}

/// A configuration of the guide's.
pub(crate) fn example(number: u8) -> String {
    let file = project().join(format!("host/config/tests/data/guide/example-{number}.yaml"));
    std::fs::read_to_string(file).expect("the guide's file")
}

/// A gateway whose backends are those of the Service `tier2`, with more keys in the resolver's block.
pub(crate) fn yaml(more: &str) -> String {
    let block = format!(
        "protocol:\n  otlp:\n    tls:\n      insecure: true\nresolver:\n  k8s:\n    service: tier2\n    ports: [4317]\n{more}"
    );
    config::pipelines("loadbalancing", &block, "")
}

/// The backends that the log says are on the ring.
pub(crate) fn backends(gateway: &Gateway) -> BTreeSet<String> {
    let mut backends = BTreeSet::new();
    for line in gateway.log() {
        let Some((_, rest)) = line.split_once("\tbackend ") else { continue };
        if let Some((address, _)) = rest.split_once(" added") {
            assert!(backends.insert(address.to_owned()), "{address} was added twice");
        } else if let Some((address, _)) = rest.split_once(" removed") {
            assert!(backends.remove(address), "{address} was not there");
        }
    }
    backends
}

/// Sends this one trace, until it is accepted: the log tells of backends a moment before they are on the ring.
pub(crate) async fn first_trace(client: &Client) -> ExportTraceServiceRequest {
    let request = traffic::traces(1, 1);
    wait::until("backends on the ring", || async { client.send("traces", &request).await.is_ok() }).await;
    request
}

/// What the resolver counts.
pub(crate) async fn counted(gateway: &Gateway, name: &str) -> f64 {
    Page::scrape(gateway.address("metrics")).await.sum(name, &["resolver=\"k8s\""])
}

/// A folder that a container finds its service account in.
pub(crate) fn account(cluster: &Cluster, namespace: &str, token: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write_account(folder.path(), cluster, namespace, token);
    folder
}

/// A file that says which name server to ask, for a container's /etc/resolv.conf.
pub(crate) fn name_server(knot: &Knot) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    writeln!(file, "nameserver {}", knot.address().ip()).expect("a file");
    file
}

/// The name server of a cluster, as pods ask it; `host` is the last part of a loopback address of its own.
pub(crate) async fn knot(host: u8) -> Knot {
    Knot::start_on(SocketAddr::from(([127, 0, 0, host], 53)), "svc.cluster.local").await
}

fn write_account(folder: &Path, cluster: &Cluster, namespace: &str, token: &str) {
    for (name, content) in [("namespace", namespace), ("token", token), ("ca.crt", cluster.authority())] {
        std::fs::write(folder.join(name), content).expect("a file");
    }
}
