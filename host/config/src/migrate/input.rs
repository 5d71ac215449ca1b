use serde_json::{Map, Value as Json};

use super::side::SECTIONS;
use crate::decode::{Context, Node};
use crate::yaml::Document;
use crate::yaml::layout::Place;

/// So many pipelines are weighed against each other.
const MAX_PIPELINES: usize = 200;

/// A configuration as it was written, its sources merged, no reference replaced.
pub(super) struct Input {
    pub(super) top: Map<String, Json>,
    pub(super) pipelines: Vec<Pipeline>,
    /// `service::extensions`.
    pub(super) extensions: Vec<String>,
}

/// A pipeline as it was written.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) id: String,
    pub(super) receivers: Vec<String>,
    pub(super) processors: Vec<String>,
    pub(super) exporters: Vec<String>,
}

impl Pipeline {
    /// `traces`, `metrics`, `logs`, or what else the Collector may know.
    pub(super) fn signal(&self) -> &str {
        kind(&self.id)
    }
}

/// The part of an id before the slash.
pub(super) fn kind(id: &str) -> &str {
    id.split_once('/').map_or(id, |(kind, _)| kind).trim()
}

impl Input {
    /// Reads what concerns pipelines; what cannot be told apart is noted as an error.
    pub(super) fn read(document: &Document, context: &Context) -> Self {
        let root = Node { value: &document.value, place: Place::root(&document.layout), context };
        let mut input = Self { top: Map::new(), pipelines: Vec::new(), extensions: Vec::new() };
        if let Json::Object(top) = document.value.to_json() {
            input.top = top;
        }
        for section in SECTIONS {
            if let Some(node) = root.find(&[section]) {
                node.entries();
            }
        }
        if let Some(list) = root.find(&["service", "extensions"]) {
            input.extensions = input.references(&list, &["extensions"]);
        }
        let pipelines = root.find(&["service", "pipelines"]);
        for (id, node) in pipelines.iter().flat_map(|node| node.entries().unwrap_or_default()) {
            let ids = |key, sections| {
                node.find(&[key]).map(|list| input.references(&list, sections)).unwrap_or_default()
            };
            let pipeline = Pipeline {
                id: id.to_owned(),
                receivers: ids("receivers", &["receivers", "connectors"]),
                processors: ids("processors", &["processors"]),
                exporters: ids("exporters", &["exporters", "connectors"]),
            };
            if pipeline.receivers.is_empty() || pipeline.exporters.is_empty() {
                node.error("a pipeline has receivers and exporters");
            }
            input.pipelines.push(pipeline);
        }
        if input.pipelines.len() > MAX_PIPELINES {
            root.error(format!("has more than {MAX_PIPELINES} pipelines; migrate it in pieces"));
        }
        if input.pipelines.is_empty() {
            root.error("has no pipeline in `service::pipelines`, so there is nothing to migrate");
        }
        input
    }

    /// A component's block, if it is there.
    pub(super) fn component(&self, section: &str, id: &str) -> Option<&Json> {
        self.top.get(section)?.as_object()?.get(id)
    }

    /// The ids of a section, in the order of the file.
    pub(super) fn ids(&self, section: &str) -> impl Iterator<Item = &str> {
        self.top.get(section).and_then(Json::as_object).into_iter().flatten().map(|(id, _)| id.as_str())
    }

    /// Whether a name in a pipeline is that of a connector.
    pub(super) fn is_connector(&self, id: &str) -> bool {
        self.component("connectors", id).is_some()
    }

    /// A list of ids that one of the sections defines, each of them once.
    fn references(&self, list: &Node<'_>, sections: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for item in list.items() {
            let Some(id) = item.as_text() else {
                item.error("takes the id of a component");
                continue;
            };
            if !sections.iter().any(|section| self.component(section, id).is_some()) {
                item.error(format!(
                    "references `{id}`, which is not configured in {}",
                    sections.join(" or ")
                ));
            } else if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }
}

/// Whether a text, or a number, stands anywhere in a value.
pub(super) fn mentions(value: &Json, is_it: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Json::String(text) => is_it(text),
        Json::Number(number) => is_it(&number.to_string()),
        Json::Array(items) => items.iter().any(|item| mentions(item, is_it)),
        Json::Object(entries) => entries.values().any(|entry| mentions(entry, is_it)),
        Json::Null | Json::Bool(_) => false,
    }
}

/// The value of the first key of this name, at any depth.
pub(super) fn find_key<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    match value {
        Json::Object(entries) => {
            entries.get(name).or_else(|| entries.values().find_map(|entry| find_key(entry, name)))
        }
        Json::Array(items) => items.iter().find_map(|item| find_key(item, name)),
        _ => None,
    }
}
