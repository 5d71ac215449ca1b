//! A policy's first call, on traces that the host made up; its quotas are not touched.

use sluice_otlp::columns::{Plan, Selection, TraceRow};
use sluice_otlp::{Payload, Signal};

use super::generation::PolicyGeneration;
use crate::instance::Failure;
use crate::key::sample;

/// Calls it once. An error in the plugin's own words is an answer too: it may have its reasons not to like our data.
pub(super) fn run(generation: &PolicyGeneration) -> Result<(), Failure> {
    let Some(payload) = sample::payload(Signal::Traces) else { return Ok(()) };
    let fields = generation.fields();
    let Ok(plan) = Plan::for_policies(fields.to_vec()) else { return Ok(()) };
    let Some(selection) = Selection::new(&plan, fields, fields) else { return Ok(()) };
    let rows = rows(&payload);
    let traces: Vec<u32> = (0..).take(rows.len()).collect();
    let tables = plan.extract_traces(&payload, &rows, sample::NOW);
    match generation.try_out(traces.len(), tables.view(&selection, &traces)) {
        Err(failure) if !failure.is_the_guests_own() => Err(failure),
        _ => Ok(()),
    }
}

/// The sample as two traces: one of two spans, of which one has no fields, and one of a span without any.
fn rows(payload: &Payload) -> Vec<TraceRow> {
    let trace = |id, leaves: std::ops::Range<u32>| {
        let spans = leaves.end - leaves.start;
        TraceRow { id, leaves, spans, bytes: 100, received: sample::NOW, trigger: 0 }
    };
    let spans = payload.items() as u32;
    vec![trace([7; 16], 0..spans - 1), trace([0; 16], spans - 1..spans)]
}
