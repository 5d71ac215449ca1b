//! Misbehaviour while a call runs, of which most does not come back. For the hostile plugins.

use std::hint::black_box;

use sluice_sdk::{counter, log};

const MEBIBYTE: usize = 1 << 20;

/// Ends the call without a word.
pub fn trap() -> ! {
    std::process::abort()
}

/// Never ends.
pub fn run_forever() -> ! {
    loop {
        black_box(());
    }
}

/// Recurses until the stack ends.
pub fn overflow_the_stack() {
    _ = black_box(recurse(0));
}

fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { recurse(depth + 1).wrapping_add(frame[7]) }
}

/// Takes memory until there is none.
pub fn take_all_memory() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1u8; MEBIBYTE]));
    }
}

/// Writes so many lines to the log.
pub fn flood_the_log(lines: usize) {
    let line = "hostile ".repeat(512);
    (0..lines).for_each(|_| log::warn(&line));
}

/// Adds to so many counters.
pub fn flood_the_counters(names: usize) {
    (0..names).for_each(|number| counter::add(&format!("hostile_{number}"), 1));
}
