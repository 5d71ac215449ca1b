//! A running gateway, built from a configuration.
//!
//! The pieces are built from the back to the front, so that each finds what it hands its data to:
//! plugins, exporters, pipelines, receivers. They end from the front to the back, so that what was
//! accepted is delivered.

mod admin;
mod auth;
mod captures;
mod certificates;
mod exporters;
mod held;
mod metrics;
mod pipelines;
mod plugins;
mod receivers;
mod replay;
mod resolvers;
mod settings;
mod signals;
mod telemetry;
mod tls;
mod trial;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use sluice_config::Config;
use sluice_telemetry::health::Health;
use tokio_util::sync::CancellationToken;

pub(crate) use self::admin::{DecisionRow, LeafRow, VoteRow, row};
use self::auth::Authenticators;
use self::exporters::Exporters;
use self::metrics::Metrics;
pub(crate) use self::plugins::plugin_faults;
use self::receivers::Receivers;
pub(crate) use self::replay::Replaying;
pub(crate) use self::resolvers::{k8s_settings, look, resolver};
pub(crate) use self::settings::generation;
use self::telemetry::Telemetry;
pub(crate) use self::trial::{try_grpc, try_http};

/// How long a worker may be stuck before `/health` asks for a restart.
const STUCK: Duration = Duration::from_secs(30);

/// Runs the gateway until it is told to end and has drained.
pub(crate) async fn run(config: Config, plugin_directories: Vec<PathBuf>) -> anyhow::Result<()> {
    let ending = signals::ending()?;
    let health = Health::new();
    health.watch_runtime("runtime", STUCK);
    let metrics = Metrics::register(&config.service.telemetry.resource);
    let mut telemetry = Telemetry::start(&config, &health)?;

    let plugins = plugins::start(&config, plugin_directories, metrics.plugin.clone()).await?;
    let authenticators = Authenticators::start(&config)?;
    let exporters = Exporters::start(&config, &plugins, &authenticators, &metrics, &health)?;
    let (pipelines, held) = pipelines::build(&config, &exporters, &plugins, &metrics)?;
    let receivers = Receivers::bind(&config, &pipelines, &authenticators, &metrics)?;
    drop(pipelines);

    telemetry.serve_metrics(metrics.registry);
    let answers = admin::answers(
        &health,
        metrics.receiver.clone(),
        held.samplers(),
        exporters.resolvers(),
        config.sluice.admin_capture,
    );
    telemetry.serve_admin(&config, answers)?;
    let stop = CancellationToken::new();
    let mut serving = receivers.serve(&stop);
    health.set_running();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "gateway started");

    receivers::serve_until(&mut serving, ending).await;
    tracing::info!("gateway is draining");
    health.set_draining();
    let until = Instant::now() + config.sluice.shutdown_timeout;
    stop.cancel();
    receivers::finish(serving, until).await.context("a receiver has failed")?;
    held.drain(until).await;
    exporters.drain(until).await;
    tracing::info!("gateway stopped");
    Ok(())
}
