//! From the receivers' end of each pipeline to its exporters.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use sluice_batch::BatchProcessor;
use sluice_config::{ComponentId, Config, Pipeline, ProcessorConfig, Signal};
use sluice_pipeline::{FanOut, SharedConsumer};

use super::exporters::Exporters;
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

/// Builds every pipeline from its end to its beginning.
pub(super) fn build(config: &Config, exporters: &Exporters) -> anyhow::Result<Pipelines> {
    let mut entries: HashMap<_, Vec<SharedConsumer>> = HashMap::new();
    for pipeline in &config.service.pipelines {
        let consumer = build_one(config, exporters, pipeline)?;
        for receiver in &pipeline.receivers {
            entries.entry((receiver.clone(), pipeline.id.signal)).or_default().push(Arc::clone(&consumer));
        }
    }
    Ok(Pipelines { entries })
}

fn build_one(config: &Config, exporters: &Exporters, pipeline: &Pipeline) -> anyhow::Result<SharedConsumer> {
    let ends =
        pipeline.exporters.iter().map(|id| exporters.consumer(id)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut consumer = FanOut::over(ends);
    for id in pipeline.processors.iter().rev() {
        let processor =
            config.processors.get(id).with_context(|| format!("processor {id} is not configured"))?;
        consumer = match processor {
            ProcessorConfig::Batch(batch) => {
                Arc::new(BatchProcessor::start(settings::batch(batch), consumer))
            }
        };
    }
    Ok(consumer)
}
