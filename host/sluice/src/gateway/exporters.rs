//! The exporters: each is built once and shared by the pipelines that name it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::future::join_all;
use sluice_config::{
    ComponentId, Config, ExporterConfig, LoadBalancing, OtlpExporter as OtlpConfig,
    OtlpHttpExporter as OtlpHttpConfig, Signal,
};
use sluice_exporter::{ClientSettings, DebugExporter, FileExporter, NopExporter, OtlpExporter, SignalUrl};
use sluice_pipeline::SharedConsumer;
use sluice_plugin::PluginHost;
use sluice_resolver::ResolverStatus;
use sluice_routing::{LoadBalancer, RoutingKeys};
use sluice_telemetry::health::{Condition, Health};
use sluice_tls::Alpn;

use super::auth::Authenticators;
use super::metrics::Metrics;
use super::{plugins, resolvers, settings, tls};

/// All exporters that a pipeline names, by id.
pub(super) struct Exporters(HashMap<ComponentId, Running>);

/// An exporter that runs.
enum Running {
    LoadBalancing(Arc<LoadBalancer>),
    Otlp(Arc<OtlpExporter>),
    /// What it accepted is no longer with it, or written when it is dropped.
    Immediate(SharedConsumer),
}

impl Exporters {
    /// Starts every exporter that a pipeline names.
    pub(super) fn start(
        config: &Config,
        plugins: &PluginHost,
        authenticators: &Authenticators,
        metrics: &Metrics,
        health: &Health,
    ) -> anyhow::Result<Self> {
        let mut exporters = HashMap::new();
        for (id, signals) in used(config) {
            let exporter =
                config.exporters.get(&id).with_context(|| format!("exporter {id} is not configured"))?;
            let start = Start { id: &id, signals: &signals, plugins, authenticators, metrics, health };
            let running = start.exporter(exporter).with_context(|| format!("exporters::{id}"))?;
            exporters.insert(id, running);
        }
        Ok(Self(exporters))
    }

    /// The exporter as the end of a pipeline.
    pub(super) fn consumer(&self, id: &ComponentId) -> anyhow::Result<SharedConsumer> {
        let running = self.0.get(id).with_context(|| format!("exporter {id} is not configured"))?;
        Ok(match running {
            Running::LoadBalancing(exporter) => Arc::clone(exporter) as SharedConsumer,
            Running::Otlp(exporter) => Arc::clone(exporter) as SharedConsumer,
            Running::Immediate(exporter) => Arc::clone(exporter),
        })
    }

    /// The resolvers of those that have one, by the exporter's id, in its order.
    pub(super) fn resolvers(&self) -> Vec<(String, ResolverStatus)> {
        let balancers = self.0.iter().filter_map(|(id, running)| match running {
            Running::LoadBalancing(exporter) => Some((id.to_string(), exporter.resolver().status())),
            Running::Otlp(_) | Running::Immediate(_) => None,
        });
        let mut resolvers: Vec<_> = balancers.collect();
        resolvers.sort_by(|(one, _), (other, _)| one.cmp(other));
        resolvers
    }

    /// Delivers what they hold, until `until` at the latest; what is left then is counted and logged.
    pub(super) async fn drain(self, until: Instant) {
        join_all(self.0.values().map(|running| async move {
            match running {
                Running::LoadBalancing(exporter) => exporter.drain(until).await,
                Running::Otlp(exporter) => exporter.drain(until).await,
                Running::Immediate(_) => {}
            }
        }))
        .await;
    }
}

/// What an exporter offers to speak over TLS.
pub(super) fn http_versions(otlp: &OtlpHttpConfig) -> &'static [Alpn] {
    if otlp.force_attempt_http2 && !otlp.disable_keep_alives {
        &[Alpn::H2, Alpn::Http11]
    } else {
        &[Alpn::Http11]
    }
}

/// The exporters that pipelines name, with the signals that come to each.
pub(super) fn used(config: &Config) -> HashMap<ComponentId, BTreeSet<Signal>> {
    let mut used: HashMap<_, BTreeSet<_>> = HashMap::new();
    for pipeline in &config.service.pipelines {
        for exporter in pipeline.exporters.iter().filter(|id| !config.connectors.contains_key(id)) {
            used.entry(exporter.clone()).or_default().insert(pipeline.id.signal);
        }
    }
    used
}

/// What starting an exporter takes.
struct Start<'a> {
    id: &'a ComponentId,
    signals: &'a BTreeSet<Signal>,
    plugins: &'a PluginHost,
    authenticators: &'a Authenticators,
    metrics: &'a Metrics,
    health: &'a Health,
}

impl Start<'_> {
    fn exporter(&self, exporter: &ExporterConfig) -> anyhow::Result<Running> {
        let id = self.id.to_string();
        Ok(match exporter {
            ExporterConfig::LoadBalancing(balancing) => {
                Running::LoadBalancing(self.load_balancer(balancing)?)
            }
            ExporterConfig::Otlp(otlp) => {
                let lane = settings::lane(
                    &otlp.sending_queue,
                    &otlp.retry_on_failure,
                    otlp.timeout,
                    otlp.max_request_bytes,
                );
                let client = self.client(otlp)?;
                let exporter =
                    OtlpExporter::grpc(id, &otlp.endpoint, &client, lane, self.metrics.exporter.clone())?;
                Running::Otlp(Arc::new(exporter))
            }
            ExporterConfig::OtlpHttp(otlp) => Running::Otlp(Arc::new(self.otlp_http(&id, otlp)?)),
            ExporterConfig::File(file) => Running::Immediate(Arc::new(FileExporter::open(
                id,
                settings::file(file),
                &self.metrics.exporter,
            )?)),
            ExporterConfig::Debug(debug) => Running::Immediate(Arc::new(DebugExporter::new(
                &id,
                settings::debug(debug),
                &self.metrics.exporter,
            ))),
            ExporterConfig::Nop => Running::Immediate(Arc::new(NopExporter)),
        })
    }

    fn load_balancer(&self, balancing: &LoadBalancing) -> anyhow::Result<Arc<LoadBalancer>> {
        let resolver =
            resolvers::resolver(&balancing.resolver, &self.metrics.resolver).context("resolver")?;
        let exporter = Arc::new(LoadBalancer::start(
            settings::load_balancer(self.id, balancing, self.client(&balancing.otlp)?),
            resolver,
            self.routing_keys(balancing)?,
            self.metrics.routing.clone(),
            self.metrics.exporter.clone(),
        ));
        let condition = self.health.condition(format!("endpoints of {}", self.id));
        tokio::spawn(tell_when_ready(Arc::clone(&exporter), condition));
        Ok(exporter)
    }

    fn client(&self, otlp: &OtlpConfig) -> anyhow::Result<ClientSettings> {
        let tls = tls::client(&format!("exporters::{}", self.id), &otlp.tls, &[Alpn::H2])?;
        Ok(settings::client(otlp, tls, self.authenticators.client(otlp.auth.as_ref())?))
    }

    fn otlp_http(&self, id: &str, otlp: &OtlpHttpConfig) -> anyhow::Result<OtlpExporter> {
        let mut urls = Vec::new();
        for signal in self.signals {
            let url = otlp.url(*signal).with_context(|| format!("{signal} have no endpoint"))?;
            urls.push((settings::signal(*signal), SignalUrl::parse(&url)?));
        }
        let tls = tls::client(&format!("exporters::{id}"), &otlp.tls, http_versions(otlp))?;
        let client = settings::http_client(otlp, tls, self.authenticators.client(otlp.auth.as_ref())?);
        let lane =
            settings::lane(&otlp.sending_queue, &otlp.retry_on_failure, otlp.timeout, otlp.max_request_bytes);
        Ok(OtlpExporter::http(id, &urls, &client, &lane, &self.metrics.exporter)?)
    }

    fn routing_keys(&self, balancing: &LoadBalancing) -> anyhow::Result<RoutingKeys> {
        let key = |signal| {
            let used = self.signals.contains(&signal);
            used.then(|| plugins::routing_key(self.plugins, balancing, signal)).transpose()
        };
        Ok(RoutingKeys {
            traces: key(Signal::Traces)?,
            logs: key(Signal::Logs)?,
            metrics: key(Signal::Metrics)?,
        })
    }
}

/// Readiness waits for the first list of endpoints, and never goes back for lack of them.
async fn tell_when_ready(exporter: Arc<LoadBalancer>, condition: Condition) {
    let mut interval = tokio::time::interval(Duration::from_millis(50));
    while !exporter.ready() {
        interval.tick().await;
    }
    condition.set(true);
}
