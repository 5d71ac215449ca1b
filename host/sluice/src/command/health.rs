//! `sluice health`: whether a gateway is live or ready, as an exit code for whoever starts containers.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;
use sluice_config::{Config, ExtensionConfig};
use tonic::codegen::http::Method;

use super::arguments::HealthOptions;
use super::ask::{ask, block_on};

/// How long the gateway may take to answer: less than those who ask wait for us.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Who is to answer.
const WHO: &str = "is a gateway with the extension health_check running there?";
/// Where the Collector's extension listens unless it is told otherwise.
const STANDARD: &str = "localhost:13133";

/// What matters of a report. Where the configuration has a text in its place, there is none.
#[derive(Default, Deserialize)]
struct Report {
    status: String,
    #[serde(default)]
    reasons: Vec<String>,
}

/// Asks, prints the answer, and says by the status whether it is good.
pub(super) fn health(options: &HealthOptions) -> anyhow::Result<ExitCode> {
    let address = address(options)?;
    let path = if options.ready { "/ready" } else { "/health" };
    let answer = block_on(ask(Method::GET, &address, path, TIMEOUT, WHO))?;
    let report: Report = serde_json::from_slice(&answer.body)
        .with_context(|| format!("what answers at {address} is no health_check of a gateway"))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", report.status).context("could not print")?;
    for reason in &report.reasons {
        writeln!(out, "  {reason}").context("could not print")?;
    }
    Ok(if answer.status == 200 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn address(options: &HealthOptions) -> anyhow::Result<String> {
    if let Some(address) = &options.address {
        return Ok(address.clone());
    }
    if options.sources.config.is_empty() {
        return Ok(STANDARD.to_owned());
    }
    let (config, _warnings) = super::run::load(&options.sources)?;
    of_config(&config).context(
        "the configuration starts no health_check that can be asked in the clear; add one to service::extensions, on \
         localhost where the other has `tls`",
    )
}

/// Where the first of the extensions listens that are started, and speak without TLS.
fn of_config(config: &Config) -> Option<String> {
    config.service.extensions.iter().find_map(|id| match config.extensions.get(id) {
        Some(ExtensionConfig::HealthCheck(check)) if check.tls.is_none() => {
            Some(check.endpoint.reachable_at())
        }
        _ => None,
    })
}
