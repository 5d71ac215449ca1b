use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sluice_exporter::{ClientSettings, ExporterMetrics, LaneSettings, RetrySettings};
use sluice_ring::Generation;
use sluice_tests::wait::until;
use sluice_tls::{Alpn, ClientTls};

use super::Keeper;
use crate::shared::Shared;
use crate::{LoadBalancerSettings, RoutingKeys, RoutingMetrics};

/// A keeper without a resolver, and all metrics.
fn keeper(series_lifetime: Duration) -> (Keeper, Registry) {
    let mut registry = Registry::default();
    let settings = LoadBalancerSettings {
        id: "loadbalancing".to_owned(),
        generation: Generation::Three,
        lane: Arc::new(LaneSettings::default()),
        client: ClientSettings::new(ClientTls::insecure(&[Alpn::H2])),
        queue: None,
        retry: RetrySettings::disabled(),
        timeout: Duration::ZERO,
        max_request_bytes: 4 << 20,
    };
    let metrics = RoutingMetrics::register(&mut registry);
    let exporter_metrics = ExporterMetrics::register(&mut registry);
    let shared = Shared::new(settings, RoutingKeys::default(), metrics, exporter_metrics);
    (Keeper::new(Arc::new(shared), series_lifetime), registry)
}

fn adopt(keeper: &Keeper, endpoints: &[&str]) {
    keeper.adopt(&endpoints.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
}

fn exposition(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    text
}

/// A backend that stays keeps its lanes, whatever comes and goes around it.
#[tokio::test]
async fn lanes_outlive_tables() {
    let (keeper, _registry) = keeper(Duration::ZERO);
    adopt(&keeper, &["a:1", "b:1"]);
    let before = keeper.shared.table();
    adopt(&keeper, &["b:1", "c:1"]);
    let after = keeper.shared.table();

    assert!(Arc::ptr_eq(&before.backends()[1], &after.backends()[0]));
    assert!(!keeper.shared.is_current(&before) && keeper.shared.is_current(&after));
}

/// The same endpoints again, in another order too, leave the table alone.
#[tokio::test]
async fn the_same_ring_changes_nothing() {
    let (keeper, _registry) = keeper(Duration::ZERO);
    adopt(&keeper, &["a:1", "b:1"]);
    let before = keeper.shared.table();
    adopt(&keeper, &["b:1", "a:1"]);
    assert!(keeper.shared.is_current(&before));
}

/// An address that cannot be dialled has its place on the ring, and spoils nothing for the others.
#[tokio::test]
async fn an_address_that_is_none_spoils_nothing() {
    let (keeper, _registry) = keeper(Duration::ZERO);
    adopt(&keeper, &["a:1", "not an address"]);
    let table = keeper.shared.table();
    assert_eq!(table.backends().len(), 2);
    assert!(table.backends()[0].ledger().is_some() && table.backends()[1].ledger().is_none());
}

/// A removed backend has no share at once, and after a while no series of any kind.
#[tokio::test]
async fn series_of_a_removed_backend_go() {
    let (keeper, registry) = keeper(Duration::from_millis(50));
    adopt(&keeper, &["a:1", "b:1"]);
    assert!(exposition(&registry).contains("exporter=\"loadbalancing/b:1\""));
    adopt(&keeper, &["a:1"]);
    assert!(
        exposition(&registry).contains("sluice_ring_share{exporter=\"loadbalancing\",backend=\"b:1\"} 0")
    );

    until("the series to go", || async { !exposition(&registry).contains("b:1") }).await;
    assert!(exposition(&registry).contains("exporter=\"loadbalancing/a:1\""));
}
