//! Where each pipeline is cut.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::input::{Input, Pipeline, kind};
use super::side::{is_load_balancing, is_served};
use super::{Change, Half};
use crate::types::id::Signal;

/// One end of a part of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A component.
    Component(String),
    /// The OTLP connection between Sluice and a Collector that carries this pipeline.
    Hop(Hop),
}

/// An OTLP connection between two halves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hop {
    /// Whether it leads to Sluice, or away from it.
    pub(super) into_sluice: bool,
    /// The number of the pipeline that it carries.
    pub(super) pipeline: usize,
}

/// What runs of a pipeline in one half.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) half: Half,
    /// The number of the pipeline.
    pub(super) pipeline: usize,
    pub(super) receivers: Vec<End>,
    pub(super) processors: Vec<String>,
    pub(super) exporters: Vec<End>,
}

/// All parts of all pipelines.
pub(super) struct Plan {
    pub(super) parts: Vec<Part>,
    pub(super) changes: Vec<Change>,
}

/// How a pipeline is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Its processors up to the first number run before Sluice, those from the second on after it.
    Cut(usize, usize),
    /// Sluice hands it on as it is: something else of Sluice's takes the same receivers.
    Through,
    /// It has nothing that Sluice does, or leads to where Sluice's work begins.
    Outside,
}

impl Plan {
    pub(super) fn of(input: &Input) -> Self {
        let mut planner = Planner::new(input);
        planner.find_ways();
        planner.find_outside_receivers();
        planner.cut();
        Self { parts: planner.parts, changes: planner.changes }
    }
}

struct Planner<'a> {
    input: &'a Input,
    /// The processors of each pipeline that are kept.
    processors: Vec<Vec<String>>,
    ways: Vec<Way>,
    feeders: HashMap<&'a str, Vec<usize>>,
    takers: HashMap<&'a str, Vec<usize>>,
    /// Connectors that Sluice does not run.
    outside_connectors: BTreeSet<String>,
    outside_receivers: BTreeSet<String>,
    /// The halves that a connector is in.
    homes: BTreeMap<String, BTreeSet<Half>>,
    parts: Vec<Part>,
    changes: Vec<Change>,
}

impl<'a> Planner<'a> {
    fn new(input: &'a Input) -> Self {
        let outside = input.ids("connectors").filter(|id| !is_served(input, "connectors", id));
        let mut planner = Self {
            input,
            processors: Vec::new(),
            ways: vec![Way::Outside; input.pipelines.len()],
            outside_connectors: outside.map(str::to_owned).collect(),
            outside_receivers: BTreeSet::new(),
            feeders: HashMap::new(),
            takers: HashMap::new(),
            homes: BTreeMap::new(),
            parts: Vec::new(),
            changes: Vec::new(),
        };
        planner.processors = input.pipelines.iter().map(|pipeline| planner.kept(pipeline)).collect();
        for (number, pipeline) in input.pipelines.iter().enumerate() {
            for id in pipeline.exporters.iter().filter(|id| input.is_connector(id)) {
                planner.feeders.entry(id).or_default().push(number);
            }
            for id in pipeline.receivers.iter().filter(|id| input.is_connector(id)) {
                planner.takers.entry(id).or_default().push(number);
            }
        }
        planner
    }

    /// Its processors, but for those that tail_sampling does without.
    fn kept(&mut self, pipeline: &Pipeline) -> Vec<String> {
        let samples = pipeline.processors.iter().any(|id| kind(id) == "tail_sampling");
        let is_needless = |id: &&String| samples && matches!(kind(id), "groupbytrace" | "group_by_trace");
        for id in pipeline.processors.iter().filter(is_needless) {
            self.changes.push(Change {
                half: Half::Sluice,
                path: format!("processors::{id}"),
                message: "left out: tail_sampling gathers spans by trace itself".to_owned(),
            });
        }
        pipeline.processors.iter().filter(|id| !is_needless(id)).cloned().collect()
    }

    fn pipeline(&self, number: usize) -> &'a Pipeline {
        &self.input.pipelines[number]
    }

    fn numbers(&self) -> std::ops::Range<usize> {
        0..self.input.pipelines.len()
    }

    fn serves(&self, section: &str, id: &str) -> bool {
        match self.input.is_connector(id) {
            true if section != "processors" => !self.outside_connectors.contains(id),
            _ => is_served(self.input, section, id),
        }
    }

    /// Whether OTLP, and so Sluice, carries the pipeline's signal.
    fn is_carried(&self, number: usize) -> bool {
        Signal::ALL.iter().any(|signal| signal.as_str() == self.pipeline(number).signal())
    }

    fn sampler(&self, number: usize) -> Option<usize> {
        self.processors[number].iter().position(|id| kind(id) == "tail_sampling")
    }

    fn balances(&self, number: usize) -> bool {
        self.pipeline(number).exporters.iter().any(|id| is_load_balancing(id))
    }

    /// Where a pipeline is cut: behind the last processor before its pivot that Sluice has not, and before the first
    /// one behind it. The pivot is tail_sampling, else the exporters.
    fn cuts(&self, number: usize) -> (usize, usize) {
        let processors = &self.processors[number];
        let pivot = self.sampler(number).unwrap_or(processors.len());
        let is_outside = |id: &String| !self.serves("processors", id);
        let before = processors[..pivot].iter().rposition(is_outside).map_or(0, |last| last + 1);
        let after = processors[pivot..].iter().position(is_outside).map_or(processors.len(), |at| pivot + at);
        (before, after)
    }

    /// Whether a pipeline is Sluice's own work: it samples, spreads by key, or has nothing that Sluice lacks.
    fn is_strong(&self, number: usize) -> bool {
        let Pipeline { receivers, exporters, .. } = self.pipeline(number);
        let all_served = || {
            receivers.iter().all(|id| self.serves("receivers", id))
                && self.processors[number].iter().all(|id| self.serves("processors", id))
                && exporters.iter().all(|id| self.serves("exporters", id))
        };
        self.is_carried(number) && (self.sampler(number).is_some() || self.balances(number) || all_served())
    }

    /// The pipelines that have a connector as an exporter.
    fn feeders(&self, connector: &str) -> &[usize] {
        self.feeders.get(connector).map_or(&[], Vec::as_slice)
    }

    /// The pipelines that have a connector as a receiver.
    fn takers(&self, connector: &str) -> &[usize] {
        self.takers.get(connector).map_or(&[], Vec::as_slice)
    }

    /// The pipelines that lead to Sluice's work by a connector which Sluice has not: they run before it.
    fn upstream(&self) -> BTreeSet<usize> {
        let mut upstream = BTreeSet::new();
        loop {
            let leads = |number: &usize| {
                let connectors = self.pipeline(*number).exporters.iter();
                let mut takers = connectors
                    .filter(|id| self.outside_connectors.contains(*id))
                    .flat_map(|id| self.takers(id))
                    .filter(|taker| *taker != number);
                takers.any(|taker| self.is_strong(*taker) || upstream.contains(taker))
            };
            let candidates = self.numbers().filter(|number| self.sampler(*number).is_none());
            let found: BTreeSet<_> = candidates.filter(leads).collect();
            if found == upstream {
                return upstream;
            }
            upstream = found;
        }
    }

    /// Connectors that Sluice could run, but whose pipelines are outside on the side of the connector.
    fn find_outside_connectors(&mut self) {
        loop {
            let upstream = self.upstream();
            let is_cut_off = |id: &&str| {
                !self.outside_connectors.contains(*id)
                    && (self.feeders(id).iter().any(|&feeder| {
                        let ends_outside = self.sampler(feeder).is_some()
                            && self.cuts(feeder).1 < self.processors[feeder].len();
                        ends_outside || upstream.contains(&feeder) || !self.is_strong(feeder)
                    }) || self.takers(id).iter().any(|&taker| self.cuts(taker).0 > 0))
            };
            let more: Vec<_> = self.input.ids("connectors").filter(is_cut_off).map(str::to_owned).collect();
            if more.is_empty() {
                return;
            }
            self.outside_connectors.extend(more);
        }
    }

    fn find_ways(&mut self) {
        self.find_outside_connectors();
        let upstream = self.upstream();
        let strong: BTreeSet<_> = self.numbers().filter(|number| self.is_strong(*number)).collect();
        let mut direct = BTreeSet::new();
        for number in &strong {
            let is_direct = !upstream.contains(number) && self.cuts(*number).0 == 0;
            let receivers = self.pipeline(*number).receivers.iter();
            direct.extend(receivers.filter(|id| is_direct && self.serves("receivers", id)).cloned());
        }
        for number in self.numbers() {
            let pipeline = self.pipeline(number);
            let (before, after) = self.cuts(number);
            let has_exporter = pipeline.exporters.iter().any(|id| self.serves("exporters", id));
            self.ways[number] = if upstream.contains(&number) || !self.is_carried(number) {
                Way::Outside
            } else if strong.contains(&number) {
                Way::Cut(before, after)
            } else if pipeline.receivers.iter().any(|id| direct.contains(id) || self.is_inner(id)) {
                Way::Through
            } else if has_exporter {
                Way::Cut(before, after)
            } else {
                Way::Outside
            };
        }
    }

    /// The receivers that a Collector has: those that Sluice lacks, and those of pipelines that begin outside. One
    /// receiver has one address, so it is in one place for all its pipelines.
    fn find_outside_receivers(&mut self) {
        let ids = self.input.ids("receivers").filter(|id| !is_served(self.input, "receivers", id));
        self.outside_receivers = ids.map(str::to_owned).collect();
        self.outside_receivers.extend(self.outside_connectors.iter().cloned());
        for number in self.numbers() {
            let begins_outside = match self.ways[number] {
                Way::Outside => true,
                Way::Cut(before, _) => before > 0,
                Way::Through => false,
            };
            if begins_outside {
                let receivers = self.pipeline(number).receivers.iter();
                let receivers: Vec<_> = receivers.filter(|id| !self.is_inner(id)).cloned().collect();
                self.outside_receivers.extend(receivers);
            }
        }
    }

    /// A connector that Sluice runs.
    fn is_inner(&self, id: &str) -> bool {
        self.input.is_connector(id) && !self.outside_connectors.contains(id)
    }

    /// Cuts every pipeline, those first that lead to others by connectors outside.
    fn cut(&mut self) {
        let mut waiting: Vec<usize> = self.numbers().collect();
        while !waiting.is_empty() {
            let is_ready = |number: &usize| {
                let connectors = self.pipeline(*number).receivers.iter();
                let mut connectors = connectors.filter(|id| self.outside_connectors.contains(*id));
                connectors.all(|id| {
                    self.feeders(id).iter().all(|feeder| feeder == number || !waiting.contains(feeder))
                })
            };
            // Where connectors lead in a circle, the order of the file has to do.
            let next = waiting.iter().position(is_ready).unwrap_or(0);
            let number = waiting.remove(next);
            match self.ways[number] {
                Way::Cut(before, after) => self.cut_one(number, before, after),
                Way::Through => self.hand_on(number),
                Way::Outside => self.leave_outside(number),
            }
        }
        self.parts.sort_by_key(|part| part.pipeline);
    }

    /// The receivers outside, by the half that each is in.
    fn outside(&self, number: usize) -> BTreeMap<Half, Vec<End>> {
        let mut outside = BTreeMap::<_, Vec<_>>::new();
        for id in self.pipeline(number).receivers.iter().filter(|id| self.outside_receivers.contains(*id)) {
            let homes = match self.homes.get(id) {
                Some(homes) => homes.clone(),
                None => BTreeSet::from([Half::Before]),
            };
            for home in homes {
                outside.entry(home).or_default().push(End::Component(id.clone()));
            }
        }
        outside
    }

    /// The receivers that Sluice has itself.
    fn inside(&self, number: usize) -> Vec<End> {
        let receivers = self.pipeline(number).receivers.iter();
        receivers.filter(|id| !self.outside_receivers.contains(*id)).cloned().map(End::Component).collect()
    }

    /// The exporters for which `wanted` holds.
    fn exporters(&self, number: usize, wanted: impl Fn(&str) -> bool) -> Vec<End> {
        let exporters = self.pipeline(number).exporters.iter();
        exporters.filter(|id| wanted(id)).cloned().map(End::Component).collect()
    }

    fn cut_one(&mut self, number: usize, before: usize, after: usize) {
        let processors = self.processors[number].clone();
        let into = End::Hop(Hop { into_sluice: true, pipeline: number });
        let mut receivers = self.inside(number);
        for (half, outside) in self.outside(number) {
            self.add(half, number, outside, &processors[..before], vec![into.clone()]);
            if !receivers.contains(&into) {
                receivers.push(into.clone());
            }
        }
        let ends_outside = after < processors.len();
        let mut inner = self.exporters(number, |id| !ends_outside && self.serves("exporters", id));
        let outer = self.exporters(number, |id| ends_outside || !self.serves("exporters", id));
        let out = End::Hop(Hop { into_sluice: false, pipeline: number });
        if !outer.is_empty() {
            inner.push(out.clone());
            self.add(Half::After, number, vec![out], &processors[after..], outer);
        }
        self.add(Half::Sluice, number, receivers, &processors[before..after], inner);
    }

    /// Sluice takes it in and hands it on; what comes in outside stays there.
    fn hand_on(&mut self, number: usize) {
        let processors = self.processors[number].clone();
        let out = End::Hop(Hop { into_sluice: false, pipeline: number });
        let receivers = self.inside(number);
        self.add(Half::Sluice, number, receivers, &[], vec![out.clone()]);
        let mut outside = self.outside(number);
        outside.entry(Half::After).or_default().push(out);
        for (half, receivers) in outside {
            let exporters = self.exporters(number, |_| true);
            self.add(half, number, receivers, &processors, exporters);
        }
    }

    /// It stays where its receivers are; what it spreads by key goes to Sluice.
    fn leave_outside(&mut self, number: usize) {
        let processors = self.processors[number].clone();
        let into = End::Hop(Hop { into_sluice: true, pipeline: number });
        let balances = self.balances(number);
        for (half, receivers) in self.outside(number) {
            let mut exporters = self.exporters(number, |id| !is_load_balancing(id));
            if balances {
                exporters.push(into.clone());
            }
            self.add(half, number, receivers, &processors, exporters);
        }
        if balances {
            let balancers = self.exporters(number, is_load_balancing);
            self.add(Half::Sluice, number, vec![into], &[], balancers);
        }
    }

    fn add(
        &mut self,
        half: Half,
        number: usize,
        receivers: Vec<End>,
        processors: &[String],
        exporters: Vec<End>,
    ) {
        for exporter in &exporters {
            if let End::Component(id) = exporter
                && self.input.is_connector(id)
            {
                self.homes.entry(id.clone()).or_default().insert(half);
            }
        }
        // Each process has to look after its own memory.
        let all = &self.processors[number];
        let limiter = all.iter().find(|id| kind(id) == "memory_limiter" && !processors.contains(id));
        let processors = limiter.into_iter().chain(processors).cloned().collect();
        self.parts.push(Part { half, pipeline: number, receivers, processors, exporters });
    }
}
