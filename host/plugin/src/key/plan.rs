//! A plugin's plan, checked against the contract.

use sluice_otlp::Signal;
use sluice_otlp::columns;

use crate::bindings::{Missing, Plan};
use crate::convert;

/// Stages in a plan.
const MAX_STAGES: usize = 8;

/// What a routing key does with a payload.
#[derive(Debug)]
pub(super) struct Stages {
    pub(super) stages: Vec<columns::Plan>,
    pub(super) missing: Missing,
    /// Whether the plan asks for anything of the `requests` table.
    pub(super) reads_requests: bool,
}

/// Checks a plan; an error says which rule it breaks, in words for the plugin's author.
pub(super) fn check(signal: Signal, plan: Plan) -> Result<Stages, String> {
    let count = plan.stages.len();
    if !(1..=MAX_STAGES).contains(&count) {
        return Err(format!("it has {count} stages; 1 to {MAX_STAGES} are allowed"));
    }
    let mut stages: Vec<columns::Plan> = Vec::with_capacity(count);
    let mut reads_requests = false;
    for (number, stage) in plan.stages.into_iter().enumerate() {
        let keyed = convert::table(stage.keyed);
        if let Some(above) = stages.last().map(columns::Plan::keyed)
            && keyed <= above
        {
            return Err(format!(
                "stage {number} keys `{keyed}`, which is not below the `{above}` of the one before"
            ));
        }
        let fields: Vec<columns::Field> = stage.fields.into_iter().map(convert::field).collect();
        reads_requests |= fields.iter().any(|field| field.table() == columns::Table::Requests);
        let stage = columns::Plan::new(signal, keyed, fields);
        stages.push(stage.map_err(|fault| format!("stage {number}: {fault}"))?);
    }
    Ok(Stages { stages, missing: plan.missing, reads_requests })
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
