//! Misbehaviour while a call runs.

use sluice_faults as faults;

use crate::Behaviour;

/// Does what the behaviour says, if it is one of running; most of them do not come back.
pub(crate) fn commit(behaviour: Behaviour, amount: usize) -> Result<(), String> {
    match behaviour {
        Behaviour::Error => return Err("hostile was told to fail".to_owned()),
        Behaviour::Trap => faults::trap(),
        Behaviour::Panic => panic!("hostile was told to panic"),
        Behaviour::Loop => faults::run_forever(),
        Behaviour::StackOverflow => faults::overflow_the_stack(),
        Behaviour::MemoryHog => faults::take_all_memory(),
        Behaviour::LogFlood => faults::flood_the_log(amount),
        Behaviour::CounterFlood => faults::flood_the_counters(amount),
        _ => {}
    }
    Ok(())
}
