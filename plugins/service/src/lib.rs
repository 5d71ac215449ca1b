//! The routing key `service`: what one service sends meets at one backend.
//!
//! The key is made of the same bytes as in the Collector's load-balancing exporter, which differ by
//! signal, so that spans, log records and metrics of a service do not meet. It is the attribute
//! `service.name`:
//!
//! - traces: `service.name=<value>|`, where a value that is not text is written out. Looked up in the
//!   resource, then in the scope, then in the first span of the trace in that scope
//! - logs: the resource's bare value; empty where there is none, or where it is not text
//! - metrics: the same, but a resource that has none is rejected

mod traces;

use sluice_sdk::table::Resources;
use sluice_sdk::{Keys, Missing, Plan, RoutingKey, Signal, export_routing_key};

/// The attribute that names a service, by OpenTelemetry's conventions.
const SERVICE_NAME: &str = "service.name";

/// Routes by service. There is nothing to set.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {}

impl RoutingKey for Service {
    const NAME: &'static str = "service";

    fn plan(self, signal: Signal) -> Result<Plan, String> {
        Ok(match signal {
            Signal::Traces => traces::plan(),
            Signal::Logs => bare_value(Missing::Empty),
            Signal::Metrics => bare_value(Missing::Reject),
        })
    }
}

/// The resources' values become the keys as they are.
fn bare_value(missing: Missing) -> Plan {
    let mut plan = Plan::new(missing);
    let mut stage = plan.stage(Resources);
    let service = stage.text(Resources, SERVICE_NAME);
    stage.keys(move |mut rows| Ok(Keys::from(rows.take(service))));
    plan
}

export_routing_key!(Service);
