use std::time::Duration;

use super::{cpu_time, parse_cpu_time, parse_peak_memory, peak_memory};

/// A name with blanks and parentheses does not move the fields.
#[test]
fn cpu_time_is_found_behind_an_awkward_name() {
    let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
    assert_eq!(parse_cpu_time(stat), Some(Duration::from_secs(2)));
    assert_eq!(parse_cpu_time("42 (a"), None);
}

/// The peak is read in bytes.
#[test]
fn peak_memory_is_in_bytes() {
    assert_eq!(parse_peak_memory("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB\n"), Some(2 << 20));
    assert_eq!(parse_peak_memory("Name:\tx\n"), None);
}

/// This very process can be read.
#[test]
fn a_living_process_has_used_something() {
    assert!(cpu_time(std::process::id()).is_ok());
    assert!(peak_memory(std::process::id()).unwrap() > 0);
}
