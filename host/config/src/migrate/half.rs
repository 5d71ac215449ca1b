//! A half of a configuration, written out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::hops::Hops;
use super::input::{Input, find_key, kind, mentions};
use super::plan::{End, Part, Plan};
use super::side::{SECTIONS, is_replaced, is_served, place_of};
use super::trim;
use super::{Change, Half, Placed, Written};
use crate::components::section::boundary::Boundary;

/// The halves that each component is in, by section and id.
pub(super) type Homes = BTreeMap<(&'static str, String), BTreeSet<Half>>;

/// Writes a half, if anything is in it, and notes what it has.
pub(super) fn write(
    half: Half,
    input: &Input,
    plan: &Plan,
    homes: &mut Homes,
    changes: &mut Vec<Change>,
) -> Option<Written> {
    let parts: Vec<&Part> = plan.parts.iter().filter(|part| part.half == half).collect();
    if parts.is_empty() {
        return None;
    }
    let hops = Hops::of(input, plan);
    let mut writer =
        Writer { half, input, hops, homes, changes, sections: BTreeMap::new(), carried: BTreeMap::new() };
    let (pipelines, lines) = writer.pipelines(&parts);
    writer.tell_of_hops();
    let extensions = writer.extensions();
    let yaml = writer.yaml(pipelines, extensions);
    Some(Written { half, yaml, pipelines: lines })
}

struct Writer<'a> {
    half: Half,
    input: &'a Input,
    hops: Hops<'a>,
    homes: &'a mut Homes,
    changes: &'a mut Vec<Change>,
    sections: BTreeMap<&'static str, Map<String, Json>>,
    /// The pipelines that an end of a connection carries, by section and name, and whether it leads to Sluice.
    carried: BTreeMap<(&'static str, String, bool), Vec<String>>,
}

impl Writer<'_> {
    fn note(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.changes.push(Change { half: self.half, path: path.into(), message: message.into() });
    }

    /// The block `service::pipelines`, and each pipeline in a line. What they name is taken over.
    fn pipelines(&mut self, parts: &[&Part]) -> (Map<String, Json>, Vec<String>) {
        let (mut pipelines, mut lines) = (Map::new(), Vec::new());
        for part in parts {
            let mut id = self.input.pipelines[part.pipeline].id.clone();
            // Both ends of one pipeline can be in one Collector.
            while pipelines.contains_key(&id) {
                id.push_str(if id.contains('/') { "_2" } else { "/2" });
            }
            let receivers: Vec<_> =
                part.receivers.iter().map(|end| self.end("receivers", end, part)).collect();
            let exporters: Vec<_> =
                part.exporters.iter().map(|end| self.end("exporters", end, part)).collect();
            for processor in &part.processors {
                self.take("processors", processor);
            }
            let stages = [&receivers, &part.processors, &exporters];
            let stages = stages.into_iter().filter(|ids| !ids.is_empty()).map(|ids| ids.join(", "));
            lines.push(format!("{id}: {}", stages.collect::<Vec<_>>().join(" -> ")));
            let mut block = Map::new();
            block.insert("receivers".to_owned(), json!(receivers));
            if !part.processors.is_empty() {
                block.insert("processors".to_owned(), json!(part.processors));
            }
            block.insert("exporters".to_owned(), json!(exporters));
            pipelines.insert(id, Json::Object(block));
        }
        (pipelines, lines)
    }

    /// The name of an end, which is there from then on.
    fn end(&mut self, section: &'static str, end: &End, part: &Part) -> String {
        let hop = match end {
            End::Component(id) => return self.take(section, id),
            End::Hop(hop) => hop,
        };
        let (name, block) =
            if section == "receivers" { self.hops.receiver(hop) } else { self.hops.exporter(hop) };
        let pipeline = self.input.pipelines[hop.pipeline].id.clone();
        let pipelines = self.carried.entry((section, name.clone(), hop.into_sluice)).or_default();
        if !pipelines.contains(&pipeline) {
            pipelines.push(pipeline);
        }
        if section == "receivers" && asks_for_senders_headers(self.input, part) {
            self.note(
                format!("{section}::{name}"),
                "headers of senders do not come with it, so what asks for them finds none; set them where data \
                 enters (`headers_setter` on the exporter that leads here)",
            );
        }
        if hop.into_sluice && part.processors.iter().any(|id| kind(id) == "tail_sampling") {
            self.note(
                format!("{section}::{name}"),
                "tail_sampling needs all spans of a trace in one Sluice: let a tier of `load_balancing` by traceID stand \
                 between the Collectors and it, or run each Collector beside a Sluice of its own",
            );
        }
        self.sections.entry(section).or_default().insert(name.clone(), block);
        name
    }

    /// Says of each end of a connection between halves what comes by it.
    fn tell_of_hops(&mut self) {
        for ((section, name, into_sluice), pipelines) in std::mem::take(&mut self.carried) {
            let block = self.sections.get(section).and_then(|known| known.get(&name));
            let endpoint = block.and_then(|block| find_key(block, "endpoint")).and_then(Json::as_str);
            let endpoint = endpoint.unwrap_or_default();
            let (s, pipelines) = (if pipelines.len() > 1 { "s" } else { "" }, pipelines.join(", "));
            let message = match (section, into_sluice) {
                ("receivers", true) => {
                    format!("new: takes pipeline{s} {pipelines} from Collectors, on {endpoint}")
                }
                ("receivers", false) => {
                    format!("new: takes pipeline{s} {pipelines} from Sluice, on {endpoint}")
                }
                (_, into_sluice) => {
                    let target = if into_sluice { "Sluice" } else { "the Collectors after it" };
                    format!(
                        "new: sends pipeline{s} {pipelines} to {target}, at {endpoint}, unencrypted; say where that \
                         is, and set `tls` at both ends where others can listen"
                    )
                }
            };
            self.note(format!("{section}::{name}"), message);
        }
    }

    /// Takes a component over, and answers with its name in this half.
    fn take(&mut self, section: &'static str, id: &str) -> String {
        let section =
            if section != "processors" && self.input.is_connector(id) { "connectors" } else { section };
        self.homes.entry((section, id.to_owned())).or_default().insert(self.half);
        let is_known = self.sections.get(section).is_some_and(|known| known.contains_key(id));
        if self.half == Half::Sluice && is_replaced(section, id) {
            return self.debug_for(id);
        }
        if !is_known {
            let mut block = self.input.component(section, id).cloned().unwrap_or(Json::Null);
            let path = format!("{section}::{id}");
            for (path, message) in trim::component(self.half, section, id, &mut block) {
                self.note(path, message);
            }
            if place_of(section, id).is_none() {
                self.note(path, "not known to Sluice, so it stays outside: is it of a build of your own?");
            }
            self.sections.entry(section).or_default().insert(id.to_owned(), block);
        }
        id.to_owned()
    }

    /// `debug` in the place of `logging`, which is what it was called.
    fn debug_for(&mut self, id: &str) -> String {
        let mut name = id.replacen("logging", "debug", 1);
        while self.input.component("exporters", &name).is_some() {
            name.push_str(if name.contains('/') { "_logging" } else { "/logging" });
        }
        let block = self.input.component("exporters", id);
        let block = match block.and_then(|block| block.get("verbosity")) {
            Some(verbosity) => json!({"verbosity": verbosity}),
            None => json!({}),
        };
        self.note(format!("exporters::{id}"), format!("is `{name}` now, as in later Collectors"));
        self.sections.entry("exporters").or_default().insert(name.clone(), block);
        name
    }

    /// Takes over the extensions that this half has: those that its components name, and those that stand for
    /// themselves. The answer is the list of those that are started.
    fn extensions(&mut self) -> Vec<String> {
        let all: Vec<String> = self.input.ids("extensions").map(str::to_owned).collect();
        loop {
            let mut found = false;
            for id in &all {
                let is_known = self.sections.get("extensions").is_some_and(|known| known.contains_key(id));
                if !is_known && self.needs(id) {
                    self.take("extensions", id);
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
        let known = self.sections.get("extensions");
        let is_known = |id: &&String| known.is_some_and(|known| known.contains_key(*id));
        let listed = self.input.extensions.iter().filter(is_known).cloned();
        let mut started: Vec<String> = listed.collect();
        started.extend(all.iter().filter(|id| is_known(id) && !self.input.extensions.contains(id)).cloned());
        started
    }

    fn needs(&self, id: &str) -> bool {
        let is_named =
            self.sections.values().flat_map(Map::values).any(|block| mentions(block, &|text| text == id));
        let stands_alone =
            self.input.extensions.iter().any(|listed| listed == id) && !is_named_anywhere(self.input, id);
        match (self.half, place_of("extensions", id)) {
            (Half::Sluice, Some(Boundary::Served)) => {
                is_named || (stands_alone && kind(id) == "health_check")
            }
            (Half::Sluice, _) => false,
            (_, Some(Boundary::Served)) if kind(id) != "health_check" => is_named,
            _ => is_named || stands_alone,
        }
    }

    fn yaml(mut self, pipelines: Map<String, Json>, extensions: Vec<String>) -> String {
        let mut top = Map::new();
        for section in SECTIONS {
            if let Some(known) = self.sections.remove(section) {
                // In the order of the file, with what is new behind it.
                let mut ordered = Map::new();
                let mut known: BTreeMap<_, _> = known.into_iter().collect();
                for id in self.input.ids(section) {
                    ordered.extend(known.remove_entry(id));
                }
                ordered.extend(known);
                top.insert(section.to_owned(), Json::Object(ordered));
            }
        }
        for own in ["plugins", "sluice"] {
            if let Some(block) = self.input.top.get(own).filter(|_| self.half == Half::Sluice) {
                top.insert(own.to_owned(), block.clone());
            }
        }
        let mut service = Map::new();
        if !extensions.is_empty() {
            service.insert("extensions".to_owned(), json!(extensions));
        }
        let telemetry = self.input.top.get("service").and_then(|service| service.get("telemetry"));
        if let Some(mut telemetry) = telemetry.cloned() {
            for (path, message) in trim::telemetry(self.half, &mut telemetry) {
                self.note(path, message);
            }
            service.insert("telemetry".to_owned(), telemetry);
        }
        service.insert("pipelines".to_owned(), Json::Object(pipelines));
        top.insert("service".to_owned(), Json::Object(service));
        let text = serde_yaml::to_string(&Json::Object(top)).unwrap_or_default();
        format!("# Made by `sluice migrate`: {}.\n{text}", self.half.note())
    }
}

/// Whether any component names an extension.
fn is_named_anywhere(input: &Input, id: &str) -> bool {
    SECTIONS.iter().any(|section| {
        let mut blocks = input.ids(section).filter_map(|id| input.component(section, id));
        blocks.any(|block| mentions(block, &|text| text == id))
    })
}

/// Whether a part has something that reads the headers of the sender's request.
fn asks_for_senders_headers(input: &Input, part: &Part) -> bool {
    let batches = part.processors.iter().filter_map(|id| input.component("processors", id));
    let exporters = part.exporters.iter().filter_map(|end| match end {
        End::Component(id) => input.component("exporters", id),
        End::Hop(_) => None,
    });
    let setters = exporters
        .filter_map(|exporter| find_key(exporter, "authenticator"))
        .filter_map(|id| input.component("extensions", id.as_str()?));
    batches.into_iter().any(|block| find_key(block, "metadata_keys").is_some())
        || setters.into_iter().any(|block| find_key(block, "from_context").is_some())
}

/// Every component of the configuration, and where it went.
pub(super) fn placed(input: &Input, homes: &Homes) -> Vec<Placed> {
    let mut placed = Vec::new();
    for section in SECTIONS {
        for id in input.ids(section) {
            let halves = homes.get(&(section, id.to_owned())).cloned().unwrap_or_default();
            let because = because(input, section, id, &halves);
            placed.push(Placed { path: format!("{section}::{id}"), halves, because });
        }
    }
    placed
}

fn because(input: &Input, section: &'static str, id: &str, halves: &BTreeSet<Half>) -> String {
    let place = place_of(section, id);
    let text = match place {
        _ if halves.is_empty() && section == "extensions" => match place {
            Some(Boundary::Inert(reason)) => reason,
            _ => "nothing here uses it",
        },
        _ if halves.is_empty() => "no pipeline uses it",
        Some(Boundary::Served | Boundary::Later) if halves.contains(&Half::Sluice) && halves.len() > 1 => {
            "Sluice has it, and so have the others that need it"
        }
        Some(Boundary::Served | Boundary::Later) if halves.contains(&Half::Sluice) => "Sluice has it",
        Some(Boundary::Served) if !is_served(input, section, id) => {
            "Sluice has it, but not the extension that it names as authenticator"
        }
        Some(Boundary::Served | Boundary::Later) => "Sluice has it, but what it works with is outside",
        Some(Boundary::Inert(reason) | Boundary::Outside(reason)) => {
            return of_outside(reason, halves);
        }
        None => "not known to Sluice",
    };
    text.to_owned()
}

/// The table's reason, and why the component is elsewhere all the same.
fn of_outside(reason: &str, halves: &BTreeSet<Half>) -> String {
    let is_elsewhere = (reason.contains("before tier 1") && !halves.contains(&Half::Before))
        || (reason.contains("after tier 2") && !halves.contains(&Half::After));
    if is_elsewhere {
        format!("{reason}; here it keeps its place in the pipeline")
    } else {
        reason.to_owned()
    }
}
