//! What connectors join: both ends of each are there, and no way leads back to where it began.

use std::collections::{BTreeMap, HashMap};

use super::{Pipeline, Roster};
use crate::components::connectors::ConnectorConfig;
use crate::components::section::Defined;
use crate::components::section::boundary::{EXPORTERS, RECEIVERS, Section};
use crate::types::id::{ComponentId, Signal};

/// Of a longer way back, so many steps are told.
const MAX_STEPS: usize = 20;

/// Checks the connectors that Sluice serves. They hand on the signal that they are given.
pub(crate) fn check(connectors: &Defined<'_, ConnectorConfig>, pipelines: &[Pipeline], roster: &Roster) {
    for (id, node) in &connectors.ids {
        for section in [&RECEIVERS, &EXPORTERS] {
            if roster.is_defined(section, id) {
                let one = section.one;
                node.error(format!(
                    "there is {} {one} `{id}`, too; give one of them another name",
                    article(section)
                ));
            }
        }
    }
    let joints = joints(connectors, pipelines);
    for (id, node) in &connectors.ids {
        for signal in Signal::ALL {
            let Some(Ends { from, to }) = joints.get(&(id, signal)) else { continue };
            match (from.first(), to.first()) {
                (Some(from), None) => node.error(format!(
                    "an exporter of pipeline {}, and a receiver of no pipeline for {signal}, so what it is given \
                     would go nowhere",
                    pipelines[*from].id
                )),
                (None, Some(to)) => node.error(format!(
                    "a receiver of pipeline {}, and an exporter of no pipeline for {signal}, so nothing would come \
                     by it",
                    pipelines[*to].id
                )),
                _ => {}
            }
        }
    }
    let mut graph = Graph::new(&joints, pipelines);
    while let Some(cycle) = graph.cycle() {
        let first = cycle.iter().find_map(|step| graph.connector(*step));
        let node = first.and_then(|id| connectors.ids.iter().find(|(known, _)| known == id));
        let Some((_, node)) = node.filter(|(_, node)| !node.context.is_full()) else { return };
        node.error(format!("what it is given comes back to it: {}", graph.told(&cycle)));
        graph.remove(&cycle);
    }
}

fn article(section: &Section) -> &'static str {
    if section.one.starts_with('e') { "an" } else { "a" }
}

/// The pipelines, by number, that a connector is an exporter and a receiver of.
#[derive(Default)]
struct Ends {
    from: Vec<usize>,
    to: Vec<usize>,
}

type Joints<'a> = BTreeMap<(&'a ComponentId, Signal), Ends>;

fn joints<'a>(connectors: &Defined<'_, ConnectorConfig>, pipelines: &'a [Pipeline]) -> Joints<'a> {
    let mut joints = Joints::new();
    for (number, pipeline) in pipelines.iter().enumerate() {
        let signal = pipeline.id.signal;
        for id in pipeline.exporters.iter().filter(|id| connectors.components.contains_key(id)) {
            joints.entry((id, signal)).or_default().from.push(number);
        }
        for id in pipeline.receivers.iter().filter(|id| connectors.components.contains_key(id)) {
            joints.entry((id, signal)).or_default().to.push(number);
        }
    }
    joints
}

/// Pipelines, and behind them connectors, and from which of the others data comes to each.
struct Graph<'a> {
    pipelines: &'a [Pipeline],
    connectors: Vec<&'a ComponentId>,
    sources: Vec<Vec<usize>>,
    targets: Vec<Vec<usize>>,
    removed: Vec<bool>,
}

impl<'a> Graph<'a> {
    fn new(joints: &Joints<'a>, pipelines: &'a [Pipeline]) -> Self {
        let size = pipelines.len() + joints.len();
        let (mut sources, mut targets) = (vec![Vec::new(); size], vec![Vec::new(); size]);
        for (number, Ends { from, to }) in joints.values().enumerate() {
            let joint = pipelines.len() + number;
            sources[joint].clone_from(from);
            targets[joint].clone_from(to);
            from.iter().for_each(|pipeline| targets[*pipeline].push(joint));
            to.iter().for_each(|pipeline| sources[*pipeline].push(joint));
        }
        let connectors = joints.keys().map(|(id, _)| *id).collect();
        Self { pipelines, connectors, sources, targets, removed: vec![false; size] }
    }

    /// Steps that lead back to the first of them, if there are any. Whatever nothing comes to is taken away, over and
    /// over (Kahn's algorithm); to each of what is left something comes, so going against the stream leads in a circle.
    fn cycle(&mut self) -> Option<Vec<usize>> {
        let mut waiting: Vec<usize> = self
            .sources
            .iter()
            .map(|from| from.iter().filter(|from| !self.removed[**from]).count())
            .collect();
        let mut free: Vec<usize> = (0..waiting.len()).filter(|step| waiting[*step] == 0).collect();
        while let Some(step) = free.pop() {
            if std::mem::replace(&mut self.removed[step], true) {
                continue;
            }
            for target in &self.targets[step] {
                waiting[*target] = waiting[*target].saturating_sub(1);
                if waiting[*target] == 0 {
                    free.push(*target);
                }
            }
        }
        let mut step = self.removed.iter().position(|removed| !removed)?;
        let mut way = Vec::new();
        let mut places = HashMap::new();
        let start = loop {
            if let Some(start) = places.insert(step, way.len()) {
                break start;
            }
            way.push(step);
            step = *self.sources[step].iter().find(|from| !self.removed[**from])?;
        };
        let mut cycle = way.split_off(start);
        cycle.reverse();
        // The first pipeline of the file comes first; connectors have the higher numbers.
        let first = cycle.iter().min().and_then(|first| cycle.iter().position(|step| step == first))?;
        cycle.rotate_left(first);
        Some(cycle)
    }

    fn remove(&mut self, cycle: &[usize]) {
        cycle.iter().for_each(|step| self.removed[*step] = true);
    }

    fn connector(&self, step: usize) -> Option<&'a ComponentId> {
        step.checked_sub(self.pipelines.len()).map(|number| self.connectors[number])
    }

    fn told(&self, cycle: &[usize]) -> String {
        let name = |step: &usize| match self.connector(*step) {
            Some(id) => id.to_string(),
            None => self.pipelines[*step].id.to_string(),
        };
        let mut names: Vec<_> = cycle.iter().take(MAX_STEPS).map(name).collect();
        if cycle.len() > MAX_STEPS {
            names.push(format!("{} more", cycle.len() - MAX_STEPS));
        }
        names.extend(cycle.first().map(name));
        names.join(" -> ")
    }
}
