//! `sluice run`: starts the gateway.

use std::path::Path;

use anyhow::Context;
use sluice_config::{Config, Findings, LogEncoding, LogLevel, LogTelemetry, Severity, Source};
use sluice_telemetry::logs::{Encoding, FILTER_VARIABLE, Level, LogSettings};
use tokio::runtime::Builder;

use super::arguments::RunOptions;
use crate::gateway;

/// Loads the configuration and runs the gateway until it is told to end.
pub(crate) fn run(options: &RunOptions) -> anyhow::Result<()> {
    let file = options.config.as_deref().context("no configuration was given; use --config FILE")?;
    let (config, warnings) = load(file)?;
    sluice_telemetry::logs::init(&log_settings(&config.service.telemetry.logs))
        .context("service::telemetry::logs")?;
    warn(&warnings);

    let mut runtime = Builder::new_multi_thread();
    if config.sluice.worker_threads > 0 {
        runtime.worker_threads(config.sluice.worker_threads);
    }
    let runtime =
        runtime.enable_all().thread_name("sluice-worker").build().context("could not start the threads")?;
    runtime.block_on(gateway::run(config, options.plugin_directories.clone()))
}

/// Reads and checks a configuration; the error lists everything that is wrong with it.
pub(super) fn load(file: &Path) -> anyhow::Result<(Config, Findings)> {
    let sources = [Source::File(file.to_path_buf())];
    let loaded = Config::load(&sources, &|name| std::env::var(name).ok())
        .map_err(|findings| anyhow::anyhow!("the configuration cannot be used\n{findings}"))?;
    Ok((loaded.config, loaded.warnings))
}

fn warn(warnings: &Findings) {
    for finding in warnings.iter().filter(|finding| finding.severity == Severity::Warning) {
        tracing::warn!("configuration: {finding}");
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
