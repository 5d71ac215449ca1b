//! A plugin's first call, on data that the host made up: before any that somebody sent.

use sluice_otlp::columns::Extracted;

use super::ask::keyed_rows;
use super::generation::Generation;
use super::sample;
use crate::instance::Failure;

/// Calls every stage once. An error in the plugin's own words is an answer too: it may have its reasons
/// not to like our data.
pub(super) fn run(generation: &Generation) -> Result<(), Failure> {
    let Some(payload) = sample::payload(generation.signal()) else { return Ok(()) };
    let all = 0..u32::try_from(payload.items()).unwrap_or(u32::MAX);
    for (stage, plan) in (0..).zip(generation.stages()) {
        let Extracted { batch, .. } = plan.extract(&payload, std::slice::from_ref(&all), sample::NOW);
        match generation.call(stage, keyed_rows(&batch, plan.keyed()), batch) {
            Err(failure) if !failure.is_the_guests_own() => return Err(failure),
            _ => {}
        }
    }
    Ok(())
}
