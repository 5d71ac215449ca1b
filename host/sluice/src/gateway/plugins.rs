//! The plugin host, and the routing keys that exporters ask of it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use sluice_config::{Config, LoadBalancing, Signal};
use sluice_plugin::{PluginHost, PluginMetrics, RoutingKey};

use super::settings;

/// Starts the host with the directories of the configuration and of the command line. Compiling takes a
/// moment where nothing is cached, so it is done beside the runtime.
pub(super) async fn start(
    config: &Config,
    directories: Vec<PathBuf>,
    metrics: PluginMetrics,
) -> anyhow::Result<PluginHost> {
    let settings = settings::plugin_host(&config.plugins, directories);
    let started = tokio::task::spawn_blocking(move || PluginHost::start(settings, metrics)).await?;
    started.context("plugins")
}

/// The plugin that makes an exporter's keys for a signal.
pub(super) fn routing_key(
    plugins: &PluginHost,
    balancing: &LoadBalancing,
    signal: Signal,
) -> anyhow::Result<Arc<RoutingKey>> {
    let name = balancing.routing_key_for(signal);
    let key = plugins.routing_key(
        name,
        settings::signal(signal),
        balancing.routing_key_settings.clone(),
        settings::on_error(balancing.on_error),
    );
    key.with_context(|| format!("routing_key {name}, for {signal}"))
}
