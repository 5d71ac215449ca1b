//! A sampler of a configuration, for recorded traces.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use prometheus_client::registry::Registry;
use sluice_config::{ComponentId, Config, PolicyMode, ProcessorConfig, TailSampling};
use sluice_plugin::{PluginHost, PluginMetrics};
use sluice_sampling::Replay;
use sluice_tail_sampling::{policies, settings as sampler_settings};

use super::settings;

/// What a sampler may hold where the configuration does not say: a share of this machine's memory, as a gateway has it, would
/// make the outcome depend on the machine.
const MAX_BYTES: u64 = 1 << 30;

/// How long a call of a plugin may take at least: what a busy machine does to it must not change what it says.
const DEADLINE: Duration = Duration::from_secs(10);

/// A sampler with its plugins.
pub(crate) struct Replaying {
    pub(crate) replay: Replay,
    /// Its policies by name, in the order of the file, and which of them are in shadow.
    pub(crate) policies: Vec<(String, bool)>,
    /// How long a trace waits at the most.
    pub(crate) wait: Duration,
    /// Whose they are.
    _plugins: PluginHost,
}

impl Replaying {
    /// The sampler `processor` of a configuration, or its only one.
    pub(crate) fn new(
        config: &Config,
        processor: Option<&str>,
        directories: Vec<PathBuf>,
    ) -> anyhow::Result<Self> {
        let (id, sampling) = choose(config, processor)?;
        let mut host = settings::plugin_host(&config.plugins, directories);
        host.limits.deadline = host.limits.deadline.max(DEADLINE);
        let plugins =
            PluginHost::start(host, PluginMetrics::register(&mut Registry::default())).context("plugins")?;
        let at = || format!("processors::{id}");
        let policies = policies(sampling, &plugins).with_context(at)?;
        let mut how = sampler_settings(sampling).with_context(at)?;
        if sampling.max_memory_mib.is_none() {
            how.max_bytes = MAX_BYTES;
        }
        let names =
            sampling.policies.iter().map(|policy| (policy.name.clone(), policy.mode == PolicyMode::Shadow));
        Ok(Self {
            policies: names.collect(),
            wait: sampling.decision_wait,
            replay: Replay::new(how, policies),
            _plugins: plugins,
        })
    }
}

fn choose<'a>(
    config: &'a Config,
    wanted: Option<&str>,
) -> anyhow::Result<(&'a ComponentId, &'a TailSampling)> {
    let samplers = config.processors.iter().filter_map(|(id, processor)| match processor {
        ProcessorConfig::TailSampling(sampling) => Some((id, &**sampling)),
        _ => None,
    });
    let samplers: Vec<_> = samplers.collect();
    let names: Vec<&str> = samplers.iter().map(|(id, _)| id.as_str()).collect();
    match (wanted, &samplers[..]) {
        (_, []) => bail!("there is no tail_sampling processor"),
        (None, [only]) => Ok(*only),
        (None, _) => {
            bail!("there are several tail_sampling processors; add --processor: {}", names.join(", "))
        }
        (Some(wanted), _) => {
            let found = samplers.iter().find(|(id, _)| id.as_str() == wanted).copied();
            found.with_context(|| {
                format!("there is no tail_sampling processor `{wanted}`: {}", names.join(", "))
            })
        }
    }
}
