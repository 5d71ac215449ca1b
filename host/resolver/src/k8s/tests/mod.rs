//! Against an API server of our own, in this process, that lists, watches and fails as a test says. A real one answers
//! in tests/tests/kubernetes.

mod failures;
mod server;
mod words;

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{Access, AddressFamily, K8sSettings, ServicePort, Terminating, Watcher};
use crate::{Endpoints, GuardSettings, Resolver, ResolverMetrics};
use server::ApiServer;

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A resolver of `tier2.otel`, and what it measures.
struct Watched {
    _resolver: Resolver,
    endpoints: watch::Receiver<Option<Endpoints>>,
    registry: Registry,
}

fn settings() -> K8sSettings {
    K8sSettings {
        service: "tier2".to_owned(),
        namespace: Some("otel".to_owned()),
        ports: vec![ServicePort::Number(4317)],
        timeout: Duration::from_secs(60),
        return_hostnames: false,
        terminating: Terminating::Drop,
        address_family: AddressFamily::All,
        guard: GuardSettings::default(),
    }
}

impl Watched {
    fn start(server: &ApiServer) -> Self {
        Self::start_with(server, settings())
    }

    fn start_with(server: &ApiServer, settings: K8sSettings) -> Self {
        let mut registry = Registry::default();
        let metrics = ResolverMetrics::register(&mut registry);
        let config = kube::Config::new(format!("http://{}", server.address).parse().unwrap());
        let watcher = Watcher::new(settings, Access::Given(Box::new(config)), &metrics).in_a_hurry();
        let resolver = Resolver::watching(watcher);
        let endpoints = resolver.watch();
        Self { _resolver: resolver, endpoints, registry }
    }

    /// Waits until the list is this, each on 4317.
    async fn until(&mut self, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|address| format!("{address}:4317")).collect();
        let is_expected = |list: &Option<Endpoints>| list.as_deref().is_some_and(|list| *list == *expected);
        let waited = timeout(PATIENCE, self.endpoints.wait_for(is_expected)).await;
        assert!(
            waited.is_ok_and(|list| list.is_ok()),
            "{expected:?} never came; {:?}",
            self.endpoints.borrow()
        );
    }

    fn current(&self) -> Vec<String> {
        self.endpoints.borrow().as_deref().unwrap_or_default().to_vec()
    }

    /// The value of a series, by how its line on the page begins.
    fn metric(&self, series: &str) -> u64 {
        let mut page = String::new();
        encode(&mut page, &self.registry).unwrap();
        let value = page.lines().find_map(|line| line.strip_prefix(series)).map(str::trim);
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {series} in\n{page}"))
    }

    fn failures(&self) -> u64 {
        self.metric(r#"otelcol_loadbalancer_num_resolutions_total{resolver="k8s",success="false"}"#)
    }

    fn updates(&self) -> u64 {
        self.metric(r#"otelcol_loadbalancer_num_backend_updates_total{resolver="k8s"}"#)
    }

    /// Waits until so many more failed.
    async fn until_failed(&self, more: u64) {
        let until = self.failures() + more;
        until_true(|| self.failures() >= until).await;
    }
}

/// Waits for a condition that nobody tells of.
async fn until_true(condition: impl Fn() -> bool) {
    let poll = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(timeout(PATIENCE, poll).await.is_ok(), "waited in vain");
}

/// Slices come, change and go, and each change is a list; one that says what is known already is none.
#[tokio::test]
async fn changes_of_slices_are_followed() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1", "10.0.0.2"]);
    let mut watched = Watched::start(&server);
    watched.until(&["10.0.0.1", "10.0.0.2"]).await;
    server.put("b", &["10.0.0.2", "10.0.0.3"]);
    watched.until(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
    server.remove("a");
    watched.until(&["10.0.0.2", "10.0.0.3"]).await;
    server.put("b", &["10.0.0.3", "10.0.0.2"]);
    server.put("c", &["10.0.0.4"]);
    watched.until(&["10.0.0.2", "10.0.0.3", "10.0.0.4"]).await;
    assert_eq!(watched.updates(), 4, "the same endpoints in another order are no change");
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
    let watched = Watched::start(&server);
    until_true(|| watched.current().len() == 1000).await;
    assert_eq!(watched.updates(), 1);
    assert!(server.lists() > 1, "a hundred slices are listed in pages");
    put(&addresses.chunks(10).map(|slice| &slice[..5]).collect::<Vec<_>>());
    until_true(|| watched.current().len() == 500).await;
    // A burst that the machine tears apart is told of when it has lasted too long.
    assert!(watched.updates() <= 4, "{} swaps for one burst", watched.updates());
}

/// A Service that loses its last endpoint keeps it on the list, which is a failure, until there is another.
#[tokio::test]
async fn the_last_endpoints_are_kept() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = Watched::start(&server);
    watched.until(&["10.0.0.1"]).await;
    server.put("a", &[]);
    watched.until_failed(1).await;
    assert_eq!(watched.current(), ["10.0.0.1:4317"]);
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
    let mut watched = Watched::start_with(&server, K8sSettings { guard, ..settings() });
    watched.until(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
    server.put("a", &["10.0.0.1"]);
    until_true(|| watched.metric(r#"sluice_resolver_held_back_answers_total{resolver="k8s"}"#) > 0).await;
    watched.until(&["10.0.0.1"]).await;
}
