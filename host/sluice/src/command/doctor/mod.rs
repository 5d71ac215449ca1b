//! `sluice doctor`: what the guide to two tiers asks operators to check by hand.

mod backends;
mod check;
mod permission;
mod server;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use prometheus_client::registry::Registry;
use sluice_config::{Config, ExporterConfig, Severity};
use sluice_resolver::ResolverMetrics;

use self::check::{Check, Outcome};
use super::arguments::{DoctorOptions, Output};
use super::ask::block_on;
use super::{container, resolve, validate};

/// Checks, and prints what was found; the status says whether all of it can work.
pub(super) fn doctor(options: &DoctorOptions) -> anyhow::Result<ExitCode> {
    resolve::log_to_stderr()?;
    let mut checks = Vec::new();
    let config = configuration(options, &mut checks);
    if let Some(config) = &config {
        if container::is_container() {
            checks.extend(loopback(config));
        }
        let metrics = ResolverMetrics::register(&mut Registry::default());
        for (id, exporter) in &config.exporters {
            let id = id.as_str();
            checks.extend(match exporter {
                ExporterConfig::LoadBalancing(exporter) => {
                    block_on(backends::check(id, exporter, &metrics, options.timeout))?
                }
                ExporterConfig::Otlp(otlp) => block_on(async { Ok(server::check_grpc(id, otlp).await) })?,
                ExporterConfig::OtlpHttp(otlp) => block_on(async { Ok(server::check_http(id, otlp).await) })?,
                ExporterConfig::Debug(_) | ExporterConfig::File(_) | ExporterConfig::Nop => Vec::new(),
            });
        }
    }
    print(&checks, options.output).context("could not print")?;
    let can_work = checks.iter().all(|check| check.outcome != Outcome::Bad);
    Ok(if can_work { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What `sluice validate` finds; the configuration, where it can be used.
fn configuration(options: &DoctorOptions, checks: &mut Vec<Check>) -> Option<Config> {
    let (config, findings) = validate::check(&options.sources, &options.plugins);
    if findings.is_empty() {
        checks.push(Check::good("configuration", "no errors, no warnings"));
    }
    checks.extend(findings.iter().map(|finding| {
        let outcome = if finding.severity == Severity::Error { Outcome::Bad } else { Outcome::Doubtful };
        let said = finding.to_string();
        let said = said.split_once(": ").map_or(said.as_str(), |(_severity, said)| said);
        Check::new(outcome, "configuration", said)
    }));
    config.filter(|_| findings.errors() == 0)
}

/// In a container nobody reaches what listens on loopback.
fn loopback(config: &Config) -> Vec<Check> {
    let listens = config.listens().into_iter().filter(|(_, listen)| listen.is_loopback());
    listens
        .map(|(path, listen)| {
            let said = format!(
                "listens on {listen}, which nobody outside of this container reaches; write 0.0.0.0:{}",
                listen.port
            );
            Check::new(Outcome::Doubtful, &path.join("::"), &said)
        })
        .collect()
}

fn print(checks: &[Check], output: Output) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match output {
        Output::Text => {
            for Check { outcome, what, said } in checks {
                writeln!(out, "{:<5} {what}: {said}", outcome.word())?;
            }
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, checks)?;
            writeln!(out)?;
        }
    }
    Ok(())
}
