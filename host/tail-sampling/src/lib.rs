//! From a `tail_sampling` block to a sampler: its policies as plugins, and its settings.
//!
//! Between `sluice-config`, which knows of no plugins, and `sluice-sampling`, which knows of no configuration; whoever
//! samples as a configuration says, live or in simulated time, begins here.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sluice_config::{
    ComponentId, Overflow, PolicyConfig, PolicyKind, PolicyMode, PolicyOnError, SamplingStrategy,
    TailSampling,
};
use sluice_memory_limiter::total_bytes;
use sluice_pipeline::SharedConsumer;
use sluice_plugin::PluginHost;
use sluice_sampling::{
    Composite, CompositePart, OnError, PolicyRule, Rule, SamplingMetrics, SamplingSettings, Shares,
    TailSampler,
};

/// Of the memory that the process may have, the part that a sampler may hold where the configuration does not say.
const SHARE_PERCENT: u64 = 50;

/// Decisions that are remembered for each trace that may be held, where the configuration does not say.
const REMEMBERED_PER_TRACE: u64 = 10;

/// Starts the sampler `id` in front of `next`.
///
/// Must be called within a tokio runtime.
///
/// # Errors
/// When a policy's plugin refuses its settings, or cannot be had; when a thread cannot be started; when nobody says how much
/// memory there is.
pub fn start(
    id: &ComponentId,
    config: &TailSampling,
    plugins: &PluginHost,
    metrics: &SamplingMetrics,
    next: SharedConsumer,
) -> anyhow::Result<Arc<TailSampler>> {
    let start = || {
        let policies = policies(config, plugins)?;
        Ok(TailSampler::start(&id.to_string(), settings(config)?, policies, next, metrics)?)
    };
    let started: anyhow::Result<TailSampler> = start();
    started.map(Arc::new).with_context(|| format!("processors::{id}"))
}

/// The policies of a block, in its order.
///
/// # Errors
/// When a policy's plugin refuses its settings, or cannot be had.
pub fn policies(config: &TailSampling, plugins: &PluginHost) -> anyhow::Result<Vec<PolicyRule>> {
    config.policies.iter().map(|policy| rule_of(policy, plugins, config.use_tracestate)).collect()
}

fn rule_of(policy: &PolicyConfig, plugins: &PluginHost, tracestate: bool) -> anyhow::Result<PolicyRule> {
    Ok(PolicyRule {
        name: policy.name.clone(),
        rule: rule(policy, plugins, tracestate).with_context(|| format!("policy {}", policy.name))?,
        is_shadow: policy.mode == PolicyMode::Shadow,
    })
}

fn rule(policy: &PolicyConfig, plugins: &PluginHost, tracestate: bool) -> anyhow::Result<Rule> {
    let all = |policies: &[PolicyConfig]| {
        policies.iter().map(|policy| rule(policy, plugins, tracestate)).collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(match &policy.kind {
        PolicyKind::Leaf { plugin, settings } => Rule::Leaf {
            policy: plugins.policy(&policy.name, plugin, settings, tracestate)?,
            on_error: match policy.on_error {
                PolicyOnError::Abstain => OnError::Abstain,
                PolicyOnError::Sample => OnError::Sample,
                PolicyOnError::Drop => OnError::Drop,
            },
        },
        PolicyKind::And(parts) => Rule::And(all(parts)?),
        PolicyKind::Not(part) => Rule::Not(Box::new(rule(part, plugins, tracestate)?)),
        PolicyKind::Drop(parts) => Rule::Drop(all(parts)?),
        PolicyKind::Composite { max_total_spans_per_second, overflow, subs } => {
            let shares = subs.iter().map(|sub| sub.spans_per_second).collect();
            let part = |sub: &sluice_config::CompositeSub| {
                let (name, rule) = (sub.policy.name.clone(), rule(&sub.policy, plugins, tracestate)?);
                Ok(CompositePart { name, rule })
            };
            Rule::Composite(Composite {
                parts: subs.iter().map(part).collect::<anyhow::Result<_>>()?,
                falls_through: *overflow == Overflow::Next,
                shares: Arc::new(Shares::new(shares, *max_total_spans_per_second)),
            })
        }
    })
}

/// How a sampler works by a block.
///
/// # Errors
/// When the block leaves it to us how much may be held, and nobody says how much memory there is.
pub fn settings(config: &TailSampling) -> anyhow::Result<SamplingSettings> {
    let after = |wait: Duration| Some(wait).filter(|wait| !wait.is_zero());
    let remembered = |written: Option<u64>| written.unwrap_or(config.num_traces * REMEMBERED_PER_TRACE);
    let max_bytes = match config.max_memory_mib {
        Some(mib) => u64::from(mib) << 20,
        None => total_bytes()? / 100 * SHARE_PERCENT,
    };
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    Ok(SamplingSettings {
        decision_wait: config.decision_wait,
        decision_wait_after_root: after(config.decision_wait_after_root_received),
        decision_wait_after_last_span: after(config.decision_wait_after_last_span),
        num_traces: config.num_traces,
        max_bytes,
        block_on_overflow: config.block_on_overflow,
        expected_new_traces_per_sec: config.expected_new_traces_per_sec,
        sampled_cache: remembered(config.decision_cache.sampled_cache_size),
        non_sampled_cache: remembered(config.decision_cache.non_sampled_cache_size),
        sample_on_first_match: config.sample_on_first_match,
        drop_pending_on_shutdown: config.drop_pending_traces_on_shutdown,
        max_trace_bytes: Some(config.maximum_trace_size_bytes).filter(|bytes| *bytes > 0),
        decides_on_ingest: config.sampling_strategy == SamplingStrategy::SpanIngest,
        shards: config.num_shards.map_or_else(cores, |shards| shards as usize),
        use_tracestate: config.use_tracestate,
        record_policy: config.record_policy,
        dry_run: config.dry_run,
        explained: config.explain.decisions as usize,
        explained_bytes: (config.explain.max_mib as usize) << 20,
    })
}
