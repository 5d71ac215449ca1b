//! Against an API server of our own, in this process, that lists, watches and fails as a test says. A real one answers
//! in tests/tests/kubernetes.

mod failures;
mod look;
mod server;
mod words;

use std::time::Duration;

use super::{Access, AddressFamily, K8sSettings, Terminating, Watcher};
use crate::testing::{Watched, until_true};
use crate::{GuardSettings, Resolver};
use server::ApiServer;

/// A resolver of `tier2.otel`; its endpoints are bare addresses.
fn settings() -> K8sSettings {
    K8sSettings {
        service: "tier2".to_owned(),
        namespace: Some("otel".to_owned()),
        ports: Vec::new(),
        timeout: Duration::from_secs(60),
        return_hostnames: false,
        terminating: Terminating::Drop,
        address_family: AddressFamily::All,
        zone: None,
        guard: GuardSettings::default(),
    }
}

fn start(server: &ApiServer) -> Watched {
    start_with(server, settings())
}

fn access(server: &ApiServer) -> Access {
    Access::Given(Box::new(kube::Config::new(format!("http://{}", server.address).parse().unwrap())))
}

fn start_with(server: &ApiServer, settings: K8sSettings) -> Watched {
    Watched::new("k8s", |metrics| {
        let watcher = Watcher::new(settings, access(server), metrics);
        Ok(Resolver::watching(watcher.in_a_hurry()))
    })
}

/// How often the list became another.
fn updates(watched: &Watched) -> u64 {
    watched.metric(r#"otelcol_loadbalancer_num_backend_updates_total{resolver="k8s"}"#)
}

/// Slices come, change and go, and each change is a list; one that says what is known already is none.
#[tokio::test]
async fn changes_of_slices_are_followed() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1", "10.0.0.2"]);
    let mut watched = start(&server);
    watched.until(&["10.0.0.1", "10.0.0.2"]).await;
    server.put("b", &["10.0.0.2", "10.0.0.3"]);
    watched.until(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
    server.remove("a");
    watched.until(&["10.0.0.2", "10.0.0.3"]).await;
    server.put("b", &["10.0.0.3", "10.0.0.2"]);
    server.put("c", &["10.0.0.4"]);
    watched.until(&["10.0.0.2", "10.0.0.3", "10.0.0.4"]).await;
    assert_eq!(updates(&watched), 4, "the same endpoints in another order are no change");
    assert_eq!(server.lists(), 1, "what changes is watched, not listed");
    assert_eq!(watched.metric(r#"otelcol_loadbalancer_num_backends{resolver="k8s"}"#), 3);
}

/// A thousand endpoints in ten slices, listed in pages or changed at once, are one list and one swap.
#[tokio::test]
async fn many_slices_are_one_list() {
    let server = ApiServer::start().await;
    let addresses: Vec<String> = (0..1000).map(|n| format!("10.0.{}.{}", n / 250, n % 250)).collect();
    let put = |slices: &[&[String]]| {
        let named = slices.iter().enumerate().map(|(n, addresses)| {
            (format!("s{n:02}"), addresses.iter().map(String::as_str).collect::<Vec<_>>())
        });
        server.put_all(named.collect());
    };
    put(&addresses.chunks(10).collect::<Vec<_>>());
    let watched = start(&server);
    until_true(|| watched.current().len() == 1000).await;
    assert_eq!(updates(&watched), 1);
    assert!(server.lists() > 1, "a hundred slices are listed in pages");
    put(&addresses.chunks(10).map(|slice| &slice[..5]).collect::<Vec<_>>());
    until_true(|| watched.current().len() == 500).await;
    // A burst that the machine tears apart is told of when it has lasted too long.
    assert!(updates(&watched) <= 4, "{} swaps for one burst", updates(&watched));
}

/// A Service that loses its last endpoint keeps it on the list, which is a failure, until there is another.
#[tokio::test]
async fn the_last_endpoints_are_kept() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = start(&server);
    watched.until(&["10.0.0.1"]).await;
    server.put("a", &[]);
    watched.until_failed(1).await;
    assert_eq!(watched.current(), ["10.0.0.1"]);
    server.put("a", &["10.0.0.2"]);
    watched.until(&["10.0.0.2"]).await;
}

/// A guard holds back a list that loses most backends, and takes it when the loss has lasted, though no slice changed
/// meanwhile.
#[tokio::test]
async fn a_sudden_loss_is_believed_when_it_lasts() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    let guard = GuardSettings { hysteresis: Duration::from_secs(2), ..GuardSettings::default() };
    let mut watched = start_with(&server, K8sSettings { guard, ..settings() });
    watched.until(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
    server.put("a", &["10.0.0.1"]);
    until_true(|| watched.metric(r#"sluice_resolver_held_back_answers_total{resolver="k8s"}"#) > 0).await;
    watched.until(&["10.0.0.1"]).await;
}
