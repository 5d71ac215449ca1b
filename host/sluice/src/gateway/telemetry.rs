//! The servers that tell about the gateway itself.

use std::sync::Arc;

use anyhow::Context;
use prometheus_client::registry::Registry;
use sluice_config::{ComponentId, Config, ExtensionConfig, HealthCheck, Listen};
use sluice_telemetry::BindError;
use sluice_telemetry::admin::{AdminServer, Answers};
use sluice_telemetry::health::{Bodies, Health, HealthServer, RunningHealthServer};
use sluice_telemetry::metrics::{MetricsServer, Names};
use sluice_tls::Alpn;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Probes that shake hands at a time, by twos: a server of probes has 64 connections.
const MAX_PROBES: usize = 64;

/// Where health and metrics are told; they end when this is dropped.
pub(super) struct Telemetry {
    metrics: Option<MetricsServer>,
    names: Names,
    _health: Vec<RunningHealthServer>,
    stop: DropGuard,
}

impl Telemetry {
    /// Starts to tell about health, which is "starting" by now, and takes the address for metrics.
    ///
    /// # Errors
    /// When an address that the configuration names is taken; a default one is only worth a warning.
    pub(super) fn start(config: &Config, health: &Health) -> anyhow::Result<Self> {
        let mut servers = Vec::new();
        for id in &config.service.extensions {
            let Some(ExtensionConfig::HealthCheck(check)) = config.extensions.get(id) else { continue };
            let bound = HealthServer::bind(&check.endpoint.to_string(), &check.path);
            let Some(server) = taken_is_a_warning(bound, &check.endpoint, "health_check")? else { continue };
            let server = secured(id, server, check)?;
            tracing::info!(server = "health", endpoint = %server.local_addr(), "listening");
            servers.push(server.start(health.clone())?);
        }
        let stop = CancellationToken::new().drop_guard();
        let metrics = &config.service.telemetry.metrics;
        let names =
            Names { without_type_suffix: metrics.without_type_suffix, without_units: metrics.without_units };
        Ok(Self { metrics: bind_metrics(config)?, names, _health: servers, stop })
    }

    /// Starts to serve the metrics, where they have an address.
    pub(super) fn serve_metrics(&mut self, registry: Registry) {
        let Some(server) = self.metrics.take() else { return };
        let (names, stop) = (self.names, DropGuard::token(&self.stop).clone());
        tokio::spawn(async move {
            if let Err(error) = server.serve(Arc::new(registry), names, stop).await {
                tracing::error!(%error, "the metrics server has ended");
            }
        });
    }

    /// Starts to tell what samplers decided, and on what, and to do what `sluice drain` asks for.
    ///
    /// # Errors
    /// When an address that the configuration names is taken; the default one is only worth a warning.
    pub(super) fn serve_admin(&self, config: &Config, answers: Answers) -> anyhow::Result<()> {
        let endpoint = &config.sluice.admin_endpoint;
        let bound = AdminServer::bind(&endpoint.to_string());
        let Some(server) = taken_is_a_warning(bound, endpoint, "sluice::admin_endpoint")? else {
            return Ok(());
        };
        tracing::info!(server = "admin", endpoint = %server.local_addr(), "listening");
        let stop = DropGuard::token(&self.stop).clone();
        tokio::spawn(async move {
            if let Err(error) = server.serve(answers, stop).await {
                tracing::error!(%error, "the admin server has ended");
            }
        });
        Ok(())
    }
}

fn bind_metrics(config: &Config) -> anyhow::Result<Option<MetricsServer>> {
    let Some(endpoint) = &config.service.telemetry.metrics.prometheus else { return Ok(None) };
    let server = taken_is_a_warning(
        MetricsServer::bind(&endpoint.to_string()),
        endpoint,
        "service::telemetry::metrics",
    )?;
    if let Some(server) = &server {
        tracing::info!(server = "metrics", endpoint = %server.local_addr(), "listening");
    }
    Ok(server)
}

/// What the extension says of its answers, and who may have them.
fn secured(id: &ComponentId, server: HealthServer, check: &HealthCheck) -> anyhow::Result<HealthServer> {
    let place = format!("extensions::{id}");
    let tls = check.tls.as_ref().map(|tls| super::tls::server(&place, tls, &[Alpn::Http11], MAX_PROBES));
    let body = &check.response_body;
    let bodies = Bodies { healthy: body.healthy.clone(), unhealthy: body.unhealthy.clone() };
    Ok(server.with(tls.transpose().context(place)?, bodies))
}

/// Two gateways on one machine with the default addresses: the second does without, as nobody asked for them.
fn taken_is_a_warning<T>(
    bound: Result<T, BindError>,
    endpoint: &Listen,
    what: &str,
) -> anyhow::Result<Option<T>> {
    match bound {
        Ok(server) => Ok(Some(server)),
        Err(error) if error.is_in_use() && !endpoint.configured => {
            tracing::warn!(component = what, %endpoint, %error, "goes without, since the default address is taken");
            Ok(None)
        }
        Err(error) => Err(anyhow::Error::new(error).context(what.to_owned())),
    }
}
