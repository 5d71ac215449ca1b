//! Against a real name server, in this process, whose answers a test changes.

mod answers;
mod failures;
mod lifecycle;
mod search;
mod server;

use std::net::SocketAddr;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use tokio::time::timeout;

use super::DnsSettings;
use crate::{Endpoints, Resolver, ResolverMetrics};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A resolver that asks the server at short intervals, and what it measures.
struct Watched {
    resolver: Resolver,
    endpoints: watch::Receiver<Option<Endpoints>>,
    registry: Registry,
}

fn settings(server: SocketAddr) -> DnsSettings {
    DnsSettings {
        hostname: "tier2.test".to_owned(),
        port: Some(4317),
        interval: Duration::from_millis(20),
        timeout: Duration::from_secs(10),
        nameservers: vec![server],
    }
}

impl Watched {
    fn start(settings: DnsSettings) -> Self {
        let mut registry = Registry::default();
        let resolver = Resolver::dns(settings, &ResolverMetrics::register(&mut registry)).unwrap();
        let endpoints = resolver.watch();
        Self { resolver, endpoints, registry }
    }

    /// Waits until the list is this.
    async fn until(&mut self, expected: &[&str]) {
        let is_expected = |list: &Option<Endpoints>| list.as_deref().is_some_and(|list| *list == *expected);
        let waited = timeout(PATIENCE, self.endpoints.wait_for(is_expected)).await;
        assert!(waited.is_ok_and(|list| list.is_ok()), "{expected:?} never came");
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
        self.metric(r#"otelcol_loadbalancer_num_resolutions_total{resolver="dns",success="false"}"#)
    }

    fn successes(&self) -> u64 {
        self.metric(r#"otelcol_loadbalancer_num_resolutions_total{resolver="dns",success="true"}"#)
    }

    /// Waits until so many more look-ups failed.
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
