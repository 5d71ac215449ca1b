//! Misbehaviour while a call runs.

use std::hint::black_box;

use sluice_sdk::{counter, log};

use crate::Behaviour;

const MEBIBYTE: usize = 1 << 20;

/// Does what the behaviour says, if it is one of running; most of them do not come back.
pub(crate) fn commit(behaviour: Behaviour, amount: usize) -> Result<(), String> {
    match behaviour {
        Behaviour::Error => return Err("hostile was told to fail".to_owned()),
        Behaviour::Trap => trap(),
        Behaviour::Panic => panic!("hostile was told to panic"),
        Behaviour::Loop => run_forever(),
        Behaviour::StackOverflow => _ = black_box(recurse(0)),
        Behaviour::MemoryHog => take_all_memory(),
        Behaviour::LogFlood => {
            let line = "hostile ".repeat(512);
            (0..amount).for_each(|_| log::warn(&line));
        }
        Behaviour::CounterFlood => {
            (0..amount).for_each(|number| counter::add(&format!("hostile_{number}"), 1))
        }
        _ => {}
    }
    Ok(())
}

pub(crate) fn trap() -> ! {
    std::process::abort()
}

pub(crate) fn run_forever() -> ! {
    loop {
        black_box(());
    }
}

fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { recurse(depth + 1).wrapping_add(frame[7]) }
}

fn take_all_memory() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1u8; MEBIBYTE]));
    }
}
