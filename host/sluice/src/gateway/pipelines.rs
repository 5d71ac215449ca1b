//! From the receivers' end of each pipeline to its exporters.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use sluice_batch::BatchProcessor;
use sluice_config::{ComponentId, Config, Pipeline, ProcessorConfig, Signal};
use sluice_memory_limiter::{MemoryLimiter, resident_bytes, total_bytes};
use sluice_pipeline::{FanOut, SharedConsumer};
use sluice_plugin::PluginHost;

use super::exporters::Exporters;
use super::metrics::Metrics;
use super::sampling::Samplers;
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

/// Builds every pipeline from its end to its beginning. The samplers in them outlast them, to be drained.
pub(super) fn build(
    config: &Config,
    exporters: &Exporters,
    plugins: &PluginHost,
    metrics: &Metrics,
) -> anyhow::Result<(Pipelines, Samplers)> {
    let mut entries: HashMap<_, Vec<SharedConsumer>> = HashMap::new();
    let mut samplers = Samplers::default();
    let limiters = memory_limiters(config, metrics)?;
    let parts = Parts { config, exporters, plugins, metrics, limiters };
    for pipeline in &config.service.pipelines {
        let consumer = parts.build(pipeline, &mut samplers)?;
        for receiver in &pipeline.receivers {
            entries.entry((receiver.clone(), pipeline.id.signal)).or_default().push(Arc::clone(&consumer));
        }
    }
    Ok((Pipelines { entries }, samplers))
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
    fn build(&self, pipeline: &Pipeline, samplers: &mut Samplers) -> anyhow::Result<SharedConsumer> {
        let ends = pipeline.exporters.iter().map(|id| self.exporters.consumer(id));
        let mut consumer = FanOut::over(ends.collect::<anyhow::Result<Vec<_>>>()?);
        for id in pipeline.processors.iter().rev() {
            let missing = || format!("processor {id} is not configured");
            consumer = match self.config.processors.get(id).with_context(missing)? {
                ProcessorConfig::Batch(batch) => {
                    Arc::new(BatchProcessor::start(settings::batch(batch), consumer))
                }
                ProcessorConfig::MemoryLimiter(_) => {
                    self.limiters.get(id).with_context(missing)?.before(consumer)
                }
                ProcessorConfig::TailSampling(sampling) => {
                    samplers.start(id, sampling, self.plugins, &self.metrics.sampling, consumer)?
                }
            };
        }
        Ok(consumer)
    }
}
