//! The OTLP connections between the halves.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::input::{Input, mentions};
use super::plan::{End, Hop, Plan};

/// Where Sluice listens for the first connection to it, and a Collector for the first one away from it.
const PORTS: [u16; 2] = [14317, 24317];

/// How far the ports of further connections are apart.
const STEP: u16 = 10;

/// The connections of a plan, numbered. One carries a pipeline of each signal; a second pipeline of a signal needs a
/// second one, so that they do not meet.
pub(super) struct Hops<'a> {
    input: &'a Input,
    numbers: BTreeMap<Hop, usize>,
    ports: [u16; 2],
}

impl<'a> Hops<'a> {
    pub(super) fn of(input: &'a Input, plan: &Plan) -> Self {
        let mut numbers = BTreeMap::new();
        let mut used = BTreeMap::new();
        for part in &plan.parts {
            for end in part.receivers.iter().chain(&part.exporters) {
                let End::Hop(hop) = end else { continue };
                if !numbers.contains_key(hop) {
                    let signal = input.pipelines[hop.pipeline].signal();
                    let count = used.entry((hop.into_sluice, signal)).or_insert(0);
                    *count += 1;
                    numbers.insert(hop.clone(), *count);
                }
            }
        }
        let top = Json::Object(input.top.clone());
        let ports = PORTS.map(|port| {
            let is_taken = |port: u16| {
                let (alone, with_host) = (port.to_string(), format!(":{port}"));
                mentions(&top, &|text| text == alone || text.contains(&with_host))
            };
            (0..100).map(|number| port + number * 100).find(|port| !is_taken(*port)).unwrap_or(port)
        });
        Self { input, numbers, ports }
    }

    /// The exporter at its beginning, and its block.
    pub(super) fn exporter(&self, hop: &Hop) -> (String, Json) {
        let (kind, name, variable) = if hop.into_sluice {
            ("otlp", "sluice", "SLUICE")
        } else {
            ("otlp_grpc", "collector", "COLLECTOR")
        };
        let number = self.number(hop);
        let suffix = if number > 1 { format!("_{number}") } else { String::new() };
        let endpoint = format!("${{env:{variable}_ENDPOINT{suffix}:-localhost:{}}}", self.port(hop));
        let block = json!({"endpoint": endpoint, "tls": {"insecure": true}});
        (self.free("exporters", &format!("{kind}/{name}"), number), block)
    }

    /// The receiver at its end, and its block.
    pub(super) fn receiver(&self, hop: &Hop) -> (String, Json) {
        let name = if hop.into_sluice { "otlp/from_collector" } else { "otlp/from_sluice" };
        let block = json!({"protocols": {"grpc": {"endpoint": format!("0.0.0.0:{}", self.port(hop))}}});
        (self.free("receivers", name, self.number(hop)), block)
    }

    fn port(&self, hop: &Hop) -> u16 {
        let first = self.ports[usize::from(!hop.into_sluice)];
        first.saturating_add(STEP.saturating_mul(u16::try_from(self.number(hop) - 1).unwrap_or(u16::MAX)))
    }

    fn number(&self, hop: &Hop) -> usize {
        self.numbers.get(hop).copied().unwrap_or(1)
    }

    /// A name that the configuration does not have.
    fn free(&self, section: &str, name: &str, number: usize) -> String {
        let mut name = if number > 1 { format!("{name}_{number}") } else { name.to_owned() };
        while self.input.component(section, &name).is_some() {
            name.push_str("_hop");
        }
        name
    }
}
