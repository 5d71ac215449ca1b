//! A gateway as in a pod: it finds the API server and its service account where pods do.

use std::collections::BTreeSet;
use std::path::Path;

use sluice_tests::config;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::Cluster;
use sluice_tests::metrics::Page;

/// Where pods find their service account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// From now on, gateways are started with this account.
pub(crate) fn mount_account(cluster: &Cluster, namespace: &str, token: &str) {
    for (name, content) in [("namespace", namespace), ("token", token), ("ca.crt", cluster.authority())] {
        std::fs::write(Path::new(ACCOUNT).join(name), content).expect("a file");
    }
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

/// What the resolver counts.
pub(crate) async fn counted(gateway: &Gateway, name: &str) -> f64 {
    Page::scrape(gateway.address("metrics")).await.sum(name, &["resolver=\"k8s\""])
}
