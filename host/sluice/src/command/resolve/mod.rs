//! `sluice resolve`: what the resolvers see from here, which part of the keys each backend has, and of which records it
//! comes.

mod records;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use prometheus_client::registry::Registry;
use serde::Serialize;
use sluice_config::{Config, ExporterConfig, LoadBalancing};
use sluice_resolver::{Endpoints, ResolverMetrics, Sighting, dial_address};
use sluice_ring::Ring;
use sluice_telemetry::logs::{Encoding, FILTER_VARIABLE, Level, LogSettings};

pub(super) use self::records::in_short;
use super::arguments::{Output, ResolveOptions};
use super::ask::block_on;
use super::validate::counted;
use crate::gateway;

/// What one exporter's resolver sees.
#[derive(Serialize)]
struct Resolved<'a> {
    exporter: &'a str,
    backends: Vec<Backend>,
    #[serde(serialize_with = "records::serialize")]
    records: Vec<Sighting>,
    /// Why there are no records.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_records: Option<String>,
}

/// A backend, and its part of the keys.
#[derive(Serialize)]
pub(super) struct Backend {
    /// As it is hashed.
    pub(super) endpoint: String,
    /// As it is connected to.
    pub(super) address: String,
    /// From 0 to 1.
    pub(super) share: f64,
}

/// Prints what each resolver sees; the status says whether each of them sees anything.
pub(super) fn resolve(options: &ResolveOptions) -> anyhow::Result<ExitCode> {
    log_to_stderr()?;
    let (config, _warnings) = super::run::load(&options.sources)?;
    let exporters = load_balancers(&config, options.exporter.as_deref())?;
    let metrics = ResolverMetrics::register(&mut Registry::default());
    let resolved = block_on(async {
        let mut resolved = Vec::new();
        for (id, exporter) in exporters {
            let (backends, records) =
                tokio::join!(backends(exporter, &metrics, options.timeout), look(exporter, options.timeout));
            let backends = backends?.unwrap_or_default();
            let (records, no_records) = match records {
                Ok(records) => (records, None),
                Err(error) => (Vec::new(), Some(format!("{error:#}"))),
            };
            resolved.push(Resolved { exporter: id, backends, records, no_records });
        }
        anyhow::Ok(resolved)
    })?;
    print(&resolved, options.output).context("could not print")?;
    let all_see = resolved.iter().all(|resolved| !resolved.backends.is_empty());
    Ok(if all_see { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What resolvers have to say goes where it is not in the way of the answer.
pub(super) fn log_to_stderr() -> anyhow::Result<()> {
    let settings = LogSettings {
        level: Level::Warn,
        encoding: Encoding::Console,
        output_paths: vec!["stderr".to_owned()],
        filter: std::env::var(FILTER_VARIABLE).ok(),
    };
    Ok(sluice_telemetry::logs::init(&settings)?)
}

/// The load-balancing exporters of a configuration, or the one that is wanted.
pub(super) fn load_balancers<'a>(
    config: &'a Config,
    wanted: Option<&str>,
) -> anyhow::Result<Vec<(&'a str, &'a LoadBalancing)>> {
    let all = config.exporters.iter().filter_map(|(id, exporter)| match exporter {
        ExporterConfig::LoadBalancing(exporter) => Some((id.as_str(), exporter.as_ref())),
        _ => None,
    });
    let found: Vec<_> = all.filter(|(id, _)| wanted.is_none_or(|wanted| wanted == *id)).collect();
    match wanted {
        Some(wanted) => ensure!(!found.is_empty(), "there is no load-balancing exporter `{wanted}`"),
        None => ensure!(!found.is_empty(), "there is no load-balancing exporter"),
    }
    Ok(found)
}

/// What an exporter's resolver sees at first, on its ring; `None` when it sees nothing within `timeout`.
pub(super) async fn backends(
    exporter: &LoadBalancing,
    metrics: &ResolverMetrics,
    timeout: Duration,
) -> anyhow::Result<Option<Vec<Backend>>> {
    let resolver = gateway::resolver(&exporter.resolver, metrics).context("resolver")?;
    let mut watched = resolver.watch();
    let seen = tokio::time::timeout(timeout, watched.wait_for(Option::is_some)).await;
    let endpoints: Option<Endpoints> = match seen {
        Ok(Ok(endpoints)) => endpoints.clone(),
        Ok(Err(_)) | Err(_) => None,
    };
    Ok(endpoints.map(|endpoints| on_ring(exporter, &endpoints)))
}

/// What an exporter's resolver is told of backends now, where it can say so.
pub(super) async fn look(exporter: &LoadBalancing, timeout: Duration) -> anyhow::Result<Vec<Sighting>> {
    let looked = tokio::time::timeout(timeout, gateway::look(&exporter.resolver)).await;
    Ok(looked.with_context(|| format!("no answer within {} s", timeout.as_secs()))??)
}

fn on_ring(exporter: &LoadBalancing, endpoints: &[String]) -> Vec<Backend> {
    let ring = Ring::new(gateway::generation(exporter.ring), endpoints);
    let shares = ring.shares();
    let backends = ring.endpoints().iter().zip(shares);
    backends
        .map(|(endpoint, share)| Backend {
            endpoint: endpoint.clone(),
            address: dial_address(endpoint),
            share,
        })
        .collect()
}

fn print(all: &[Resolved<'_>], output: Output) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if let Output::Json = output {
        serde_json::to_writer_pretty(&mut out, all)?;
        writeln!(out)?;
        return Ok(());
    }
    for Resolved { exporter, backends, records, no_records } in all {
        writeln!(out, "{exporter}: {}", counted(backends.len(), "backend"))?;
        for Backend { address, share, .. } in backends {
            writeln!(out, "  {address:<40} {:>5.1} % of the keys", share * 100.0)?;
        }
        if let Some(reason) = no_records {
            writeln!(out, "{exporter}: no records: {reason}")?;
        }
        if let Some(short) = in_short(records) {
            writeln!(out, "{exporter}: {short}")?;
        }
        for record in records {
            writeln!(out, "  {}", records::text(record))?;
        }
    }
    Ok(())
}
