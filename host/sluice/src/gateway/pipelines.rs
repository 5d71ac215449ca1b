//! From the receivers' end of each pipeline to its exporters.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use sluice_batch::BatchProcessor;
use sluice_config::{ComponentId, Config, ConnectorConfig, Pipeline, ProcessorConfig, Signal};
use sluice_memory_limiter::{MemoryLimiter, resident_bytes, total_bytes};
use sluice_pipeline::{FanOut, SharedConsumer};
use sluice_plugin::PluginHost;

use super::exporters::Exporters;
use super::held::{Held, Stage};
use super::metrics::Metrics;
use super::settings;

/// What each receiver hands the data of a signal to: all pipelines of the signal that name it.
pub(super) struct Pipelines {
    entries: HashMap<(ComponentId, Signal), Vec<SharedConsumer>>,
}

impl Pipelines {
    /// The consumer for a receiver's data of one signal, `None` where no pipeline takes it.
    pub(super) fn consumer(&self, receiver: &ComponentId, signal: Signal) -> Option<SharedConsumer> {
        self.entries.get(&(receiver.clone(), signal)).map(|consumers| FanOut::over(consumers.clone()))
    }
}

/// Builds every pipeline from its end to its beginning, and those first that others lead to. What they hold
/// outlasts them, to be drained.
pub(super) fn build(
    config: &Config,
    exporters: &Exporters,
    plugins: &PluginHost,
    metrics: &Metrics,
) -> anyhow::Result<(Pipelines, Held)> {
    let mut pipelines = Pipelines { entries: HashMap::new() };
    let mut held = Held::default();
    let limiters = memory_limiters(config, metrics)?;
    let parts = Parts { config, exporters, plugins, metrics, limiters };
    let mut waiting: Vec<&Pipeline> = config.service.pipelines.iter().collect();
    while !waiting.is_empty() {
        held.goes_upstream();
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.iter().partition(|pipeline| !leads_to_any(config, pipeline, &waiting));
        ensure!(!ready.is_empty(), "service::pipelines: connectors lead in a circle");
        for pipeline in ready {
            let consumer = parts.build(pipeline, &pipelines, &mut held)?;
            for receiver in &pipeline.receivers {
                let entry = pipelines.entries.entry((receiver.clone(), pipeline.id.signal));
                entry.or_default().push(Arc::clone(&consumer));
            }
        }
        waiting = later;
    }
    Ok((pipelines, held))
}

/// Whether a connector leads from a pipeline to one of `others`.
fn leads_to_any(config: &Config, pipeline: &Pipeline, others: &[&Pipeline]) -> bool {
    let mut connectors = pipeline.exporters.iter().filter(|id| config.connectors.contains_key(id));
    connectors.any(|id| {
        let takes = |other: &&Pipeline| other.id.signal == pipeline.id.signal && other.receivers.contains(id);
        others.iter().any(takes)
    })
}

/// The memory limiters by id: each guards all pipelines that name it.
type Limiters<'a> = HashMap<&'a ComponentId, MemoryLimiter>;

fn memory_limiters<'a>(config: &'a Config, metrics: &Metrics) -> anyhow::Result<Limiters<'a>> {
    let mut limiters = HashMap::new();
    for (id, processor) in &config.processors {
        let ProcessorConfig::MemoryLimiter(limiter) = processor else { continue };
        let settings = settings::memory_limiter(id, limiter);
        let limiter = total_bytes().and_then(|total| {
            MemoryLimiter::start(&settings, total, resident_bytes, &metrics.memory_limiter)
        });
        limiters.insert(id, limiter.with_context(|| format!("processors::{id}"))?);
    }
    Ok(limiters)
}

/// What pipelines are built of.
struct Parts<'a> {
    config: &'a Config,
    exporters: &'a Exporters,
    plugins: &'a PluginHost,
    metrics: &'a Metrics,
    limiters: Limiters<'a>,
}

impl Parts<'_> {
    /// `behind` has the pipelines that connectors lead to.
    fn build(
        &self,
        pipeline: &Pipeline,
        behind: &Pipelines,
        held: &mut Held,
    ) -> anyhow::Result<SharedConsumer> {
        let ends = pipeline.exporters.iter().map(|id| match self.config.connectors.get(id) {
            Some(ConnectorConfig::Forward) => {
                let behind = behind.consumer(id, pipeline.id.signal);
                behind.with_context(|| format!("connector {id} leads nowhere"))
            }
            None => self.exporters.consumer(id),
        });
        let mut consumer = FanOut::over(ends.collect::<anyhow::Result<Vec<_>>>()?);
        for (place, id) in pipeline.processors.iter().enumerate().rev() {
            let missing = || format!("processor {id} is not configured");
            consumer = match self.config.processors.get(id).with_context(missing)? {
                ProcessorConfig::Batch(batch) => {
                    let (settings, signal) =
                        (settings::batch(id, batch)?, settings::signal(pipeline.id.signal));
                    let (batch, batching) =
                        BatchProcessor::start(settings, signal, consumer, &self.metrics.batch);
                    held.add(place, Stage::Batch(batching));
                    Arc::new(batch)
                }
                ProcessorConfig::MemoryLimiter(_) => {
                    self.limiters.get(id).with_context(missing)?.before(consumer)
                }
                ProcessorConfig::TailSampling(sampling) => {
                    let sampling_metrics = &self.metrics.sampling;
                    let sampler =
                        sluice_tail_sampling::start(id, sampling, self.plugins, sampling_metrics, consumer)?;
                    held.add(place, Stage::Sampler(Arc::clone(&sampler)));
                    sampler
                }
            };
        }
        Ok(consumer)
    }
}
