use std::time::{Duration, Instant};

use sluice_telemetry::admin::Draining;

use super::Quiet;

const LEAST: Duration = Duration::from_secs(5);

fn report(requests: u64, held_traces: u64) -> Draining {
    Draining { requests, held_traces }
}

/// Every request that comes starts the wait anew.
#[test]
fn requests_put_it_off() {
    let start = Instant::now();
    let mut quiet = Quiet::new(start, LEAST);
    for second in 0..20 {
        assert!(!quiet.is_drained(start + Duration::from_secs(second), report(second, 0)), "{second}");
    }
    assert!(!quiet.is_drained(start + Duration::from_secs(23), report(19, 0)));
    assert!(quiet.is_drained(start + Duration::from_secs(24), report(19, 0)));
}

/// The requests from before the drain are none of its business, but it is not quiet at once either.
#[test]
fn it_takes_its_time_where_nobody_sends() {
    let start = Instant::now();
    let mut quiet = Quiet::new(start, LEAST);
    assert!(!quiet.is_drained(start, report(1_000, 0)));
    assert!(!quiet.is_drained(start + LEAST - Duration::from_millis(1), report(1_000, 0)));
    assert!(quiet.is_drained(start + LEAST, report(1_000, 0)));
}

/// What a sampler holds is waited for, however quiet it is.
#[test]
fn held_traces_are_waited_for() {
    let start = Instant::now();
    let mut quiet = Quiet::new(start, LEAST);
    assert!(!quiet.is_drained(start, report(7, 3)));
    assert!(!quiet.is_drained(start + 10 * LEAST, report(7, 1)));
    assert!(quiet.is_drained(start + 10 * LEAST, report(7, 0)));
}
