//! `sluice run`: starts the gateway.

use anyhow::Context;
use sluice_config::{Config, Findings, LogEncoding, LogLevel, LogTelemetry};
use sluice_telemetry::logs::{Encoding, FILTER_VARIABLE, Level, LogSettings};
use tokio::runtime::Builder;

use super::arguments::{RunOptions, Sources};
use super::{container, open_files};
use crate::gateway;

/// Loads the configuration and runs the gateway until it is told to end.
pub(super) fn run(options: &RunOptions) -> anyhow::Result<()> {
    let (config, warnings) = load(&options.sources)?;
    sluice_telemetry::logs::init(&log_settings(&config.service.telemetry.logs))
        .context("service::telemetry::logs")?;
    warn(&warnings);
    open_files::raise();
    if container::is_container() {
        warn_of_loopback(&config);
    }

    let mut runtime = Builder::new_multi_thread();
    if config.sluice.worker_threads > 0 {
        runtime.worker_threads(config.sluice.worker_threads);
    }
    let runtime =
        runtime.enable_all().thread_name("sluice-worker").build().context("could not start the threads")?;
    runtime.block_on(gateway::run(config, options.plugins.directories.clone()))
}

/// Reads and checks a configuration; the error lists everything that is wrong with it.
pub(super) fn load(sources: &Sources) -> anyhow::Result<(Config, Findings)> {
    let loaded = Config::load(&sources.all(), &variable).map_err(|findings| unusable(&findings))?;
    Ok((loaded.config, loaded.warnings))
}

/// What is said of a configuration that has errors.
pub(super) fn unusable(findings: &Findings) -> anyhow::Error {
    anyhow::anyhow!("the configuration cannot be used\n{findings}")
}

/// Looks up an environment variable for a configuration.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn warn(warnings: &Findings) {
    for finding in warnings.iter() {
        tracing::warn!("configuration: {finding}");
    }
}

/// The default addresses are those of the Collector, and so is the surprise.
fn warn_of_loopback(config: &Config) {
    for (path, listen) in config.listens() {
        if listen.is_loopback() {
            tracing::warn!(
                "configuration: {} listens on {listen}, which nobody outside of this container reaches; 0.0.0.0:{} is \
                 for everybody",
                path.join("::"),
                listen.port
            );
        }
    }
}

fn log_settings(logs: &LogTelemetry) -> LogSettings {
    LogSettings {
        level: match logs.level {
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        },
        encoding: match logs.encoding {
            LogEncoding::Console => Encoding::Console,
            LogEncoding::Json => Encoding::Json,
        },
        output_paths: logs.output_paths.clone(),
        filter: std::env::var(FILTER_VARIABLE).ok(),
    }
}
