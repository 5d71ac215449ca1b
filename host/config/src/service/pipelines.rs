use super::roster::{References, Roster};
use crate::components::section::boundary;
use crate::decode::{Block, Fields, Key, Node, Read};
use crate::findings::nearest::nearest;
use crate::types::id::{ComponentId, PipelineId, Signal};

/// A way through the gateway for one signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Its name, which says the signal.
    pub id: PipelineId,
    /// What data comes in by.
    pub receivers: Vec<ComponentId>,
    /// What happens to it, in this order.
    pub processors: Vec<ComponentId>,
    /// What it leaves by; everything goes to each of them.
    pub exporters: Vec<ComponentId>,
}

/// `service::pipelines`.
pub(super) struct Pipelines<'a> {
    pub(super) pipelines: &'a mut Vec<Pipeline>,
    pub(super) roster: &'a mut Roster,
}

impl Read for Pipelines<'_> {
    fn read(&mut self, node: &Node<'_>) {
        for (written, entry) in node.entries().unwrap_or_default() {
            let Some(id) = pipeline_id(written, &entry) else { continue };
            let mut pipeline =
                Pipeline { id, receivers: Vec::new(), processors: Vec::new(), exporters: Vec::new() };
            PipelineBlock { pipeline: &mut pipeline, roster: self.roster }.read(&entry);
            self.pipelines.push(pipeline);
        }
    }
}

fn pipeline_id(written: &str, node: &Node<'_>) -> Option<PipelineId> {
    let id = match ComponentId::parse(written) {
        Ok(id) => id,
        Err(message) => {
            node.error(message);
            return None;
        }
    };
    let signal = Signal::ALL.into_iter().find(|signal| signal.as_str() == id.kind());
    match signal {
        Some(signal) => {
            let name = id.as_str().split_once('/').map(|(_, name)| name.to_owned());
            Some(PipelineId { signal, name })
        }
        None if id.kind() == "profiles" => {
            node.error("profiles are not served; traces, metrics and logs are");
            None
        }
        None => {
            let meant = nearest(id.kind(), Signal::ALL.map(Signal::as_str));
            node.error_with("a pipeline is for traces, metrics or logs", meant);
            None
        }
    }
}

/// The keys of one pipeline.
pub(crate) const PIPELINE_KEYS: &[Key] = &[
    Key::new("receivers", "list of ids", "(required)", "what data comes in by"),
    Key::new("processors", "list of ids", "[]", "what happens to it, in this order"),
    Key::new("exporters", "list of ids", "(required)", "what it leaves by; all of it by each"),
];

struct PipelineBlock<'a> {
    pipeline: &'a mut Pipeline,
    roster: &'a mut Roster,
}

impl Block for PipelineBlock<'_> {
    const KEYS: &'static [Key] = PIPELINE_KEYS;

    fn fill(&mut self, fields: &Fields<'_>) {
        let Pipeline { receivers, processors, exporters, .. } = &mut *self.pipeline;
        for (section, ids) in [
            (&boundary::RECEIVERS, receivers),
            (&boundary::PROCESSORS, processors),
            (&boundary::EXPORTERS, exporters),
        ] {
            fields.read(section.name, &mut References { section, roster: self.roster, ids });
        }
        for (key, one) in [("receivers", "receiver"), ("exporters", "exporter")] {
            if fields.get(key).is_none_or(|node| node.items().is_empty()) {
                fields.error(key, format!("must have at least one {one}"));
            }
        }
    }
}
