use prometheus_client::registry::Registry;
use sluice_batch::BatchMetrics;
use sluice_exporter::ExporterMetrics;
use sluice_memory_limiter::MemoryLimiterMetrics;
use sluice_plugin::PluginMetrics;
use sluice_receiver::ReceiverMetrics;
use sluice_resolver::ResolverMetrics;
use sluice_routing::RoutingMetrics;
use sluice_sampling::SamplingMetrics;
use sluice_telemetry::metrics::{Identity, register_identity, register_process};

use super::certificates;

/// The metrics of every crate, registered once, and the registry that they are read from.
pub(super) struct Metrics {
    pub(super) batch: BatchMetrics,
    pub(super) exporter: ExporterMetrics,
    pub(super) memory_limiter: MemoryLimiterMetrics,
    pub(super) plugin: PluginMetrics,
    pub(super) receiver: ReceiverMetrics,
    pub(super) resolver: ResolverMetrics,
    pub(super) routing: RoutingMetrics,
    pub(super) sampling: SamplingMetrics,
    pub(super) registry: Registry,
}

impl Metrics {
    pub(super) fn register(resource: &[(String, String)]) -> Self {
        let mut registry = Registry::default();
        register_identity(&mut registry, &identity(resource));
        register_process(&mut registry);
        certificates::register(&mut registry);
        Self {
            batch: BatchMetrics::register(&mut registry),
            exporter: ExporterMetrics::register(&mut registry),
            memory_limiter: MemoryLimiterMetrics::register(&mut registry),
            plugin: PluginMetrics::register(&mut registry),
            receiver: ReceiverMetrics::register(&mut registry),
            resolver: ResolverMetrics::register(&mut registry),
            routing: RoutingMetrics::register(&mut registry),
            sampling: SamplingMetrics::register(&mut registry),
            registry,
        }
    }
}

/// Who we are, for whoever scrapes several gateways: what `service::telemetry::resource` says, else our own words.
fn identity(resource: &[(String, String)]) -> Identity {
    let given = |name| resource.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
    Identity {
        service_name: given("service.name").unwrap_or_else(|| "sluice".to_owned()),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        service_instance_id: given("service.instance.id")
            .unwrap_or_else(|| format!("{:032x}", fastrand::u128(..))),
    }
}
