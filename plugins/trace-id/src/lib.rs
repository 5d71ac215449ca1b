//! The routing key `traceID`: all spans of a trace, and all log records that name it, meet at one backend.
//!
//! The key is made of the same bytes as in the Collector's load-balancing exporter: for spans the
//! trace id itself, an empty one being 16 zero bytes; for log records its lower-case hexadecimal
//! text, so that a trace's spans and its log records do not meet, and none where there is no id.

use sluice_sdk::intrinsic::TRACE_ID;
use sluice_sdk::table::Items;
use sluice_sdk::{Keys, Missing, Plan, RoutingKey, Signal, export_routing_key};

/// Routes by trace id. There is nothing to set.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceId {}

impl RoutingKey for TraceId {
    const NAME: &'static str = "traceID";

    fn plan(self, signal: Signal) -> Result<Plan, String> {
        match signal {
            Signal::Traces => Ok(spans()),
            Signal::Logs => Ok(log_records()),
            Signal::Metrics => {
                Err("traceID is a key for traces and logs; metrics have service and streamID".to_owned())
            }
        }
    }
}

/// The ids become the keys as they are, without a look at any of them.
fn spans() -> Plan {
    let mut plan = Plan::new(Missing::Empty);
    let mut stage = plan.stage(Items);
    let trace_id = stage.intrinsic(Items, TRACE_ID);
    stage.keys(move |mut rows| Ok(Keys::from(rows.take(trace_id)).all_present()));
    plan
}

/// A record without an id goes anywhere.
fn log_records() -> Plan {
    let mut plan = Plan::new(Missing::Spread);
    let mut stage = plan.stage(Items);
    let trace_id = stage.intrinsic(Items, TRACE_ID);
    stage.key(move |row, key| {
        if let Some(trace_id) = row.get(trace_id) {
            key.write_hex(trace_id);
        }
    });
    plan
}

export_routing_key!(TraceId);
