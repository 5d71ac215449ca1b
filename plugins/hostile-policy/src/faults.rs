//! Misbehaviour while a call runs.

use sluice_faults as faults;
use sluice_sdk::policy::{Inputs, Quota};

use crate::Behaviour;

/// A quota that the policy does not declare.
pub(crate) fn foreign_quota() -> Quota {
    let mut inputs = Inputs::new();
    (0..99).for_each(|_| _ = inputs.quota("another policy's", 1.0, 1));
    inputs.quota("foreign", 1.0, 1)
}

/// Does what the behaviour says, if it is one of running; most of them do not come back.
pub(crate) fn commit(behaviour: Behaviour, amount: usize, foreign: Quota) -> Result<(), String> {
    match behaviour {
        Behaviour::Error => return Err("hostile was told to fail".to_owned()),
        Behaviour::Trap => faults::trap(),
        Behaviour::Panic => panic!("hostile was told to panic"),
        Behaviour::Loop => faults::run_forever(),
        Behaviour::StackOverflow => faults::overflow_the_stack(),
        Behaviour::MemoryHog => faults::take_all_memory(),
        Behaviour::LogFlood => faults::flood_the_log(amount),
        Behaviour::CounterFlood => faults::flood_the_counters(amount),
        Behaviour::ForeignQuota if foreign.available() > 0 || foreign.take(amount as u64) => {
            return Err("a quota that was not declared has tokens".to_owned());
        }
        _ => {}
    }
    Ok(())
}
