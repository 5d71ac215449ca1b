//! The plugin host, the routing keys that exporters ask of it, and what is wrong with those and with policies.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use prometheus_client::registry::Registry;
use sluice_config::{Config, ExporterConfig, LoadBalancing, PolicyKind, ProcessorConfig, Signal, nearest};
use sluice_plugin::{PluginHost, PluginMetrics, RoutingKey};

use super::exporters::used;
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

/// What is wrong with a key, as the plugins see it.
pub(crate) struct PluginFault {
    /// The key's path, from the top of the configuration.
    pub(crate) path: Vec<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// The plugin that was probably meant.
    pub(crate) meant: Option<String>,
}

/// Loads the plugins that a configuration asks for, with their settings, and says what would keep the gateway
/// from starting.
pub(crate) fn plugin_faults(config: &Config, directories: Vec<PathBuf>) -> Vec<PluginFault> {
    let host = match PluginHost::start(
        settings::plugin_host(&config.plugins, directories),
        PluginMetrics::register(&mut Registry::default()),
    ) {
        Ok(host) => host,
        Err(error) => {
            let path = vec!["plugins".to_owned(), "directories".to_owned()];
            return vec![PluginFault { path, message: chain(&error.into()), meant: None }];
        }
    };
    let names: Vec<String> = host.plugins().into_iter().map(|plugin| plugin.name).collect();
    let mut faults = policy_faults(config, &host, &names);
    for (id, signals) in used(config) {
        let Some(ExporterConfig::LoadBalancing(balancing)) = config.exporters.get(&id) else { continue };
        // One signal that fails says what the others would say again.
        let failed = signals.into_iter().find_map(|signal| routing_key(&host, balancing, signal).err());
        faults.extend(failed.map(|error| {
            let is_known = balancing.routing_key.as_ref().is_none_or(|name| names.contains(name));
            let meant = balancing.routing_key.as_deref().filter(|_| !is_known);
            PluginFault {
                path: vec!["exporters".to_owned(), id.to_string(), "routing_key".to_owned()],
                message: chain(&error),
                meant: meant
                    .and_then(|name| nearest(name, names.iter().map(String::as_str)))
                    .map(str::to_owned),
            }
        }));
    }
    faults
}

/// The same for the policies of tail samplers.
fn policy_faults(config: &Config, host: &PluginHost, names: &[String]) -> Vec<PluginFault> {
    let mut faults = Vec::new();
    for (id, processor) in &config.processors {
        let ProcessorConfig::TailSampling(sampling) = processor else { continue };
        for (place, policy) in sampling.leaves() {
            let PolicyKind::Leaf { plugin, settings } = &policy.kind else { continue };
            let Err(error) = host.policy(&policy.name, plugin, settings, sampling.use_tracestate) else {
                continue;
            };
            let is_known = names.contains(plugin);
            let meant = nearest(plugin, names.iter().map(String::as_str)).filter(|_| !is_known);
            let path = ["processors".to_owned(), id.to_string()].into_iter().chain(place);
            let key = if is_known { plugin.as_str() } else { "type" };
            faults.push(PluginFault {
                path: path.chain([key.to_owned()]).collect(),
                message: format!("policy {}: {}", policy.name, chain(&error.into())),
                meant: meant.map(str::to_owned),
            });
        }
    }
    faults
}

fn chain(error: &anyhow::Error) -> String {
    format!("{error:#}")
}
