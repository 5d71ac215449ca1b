use sluice_sdk::policy::{Randomness, Threshold};

use super::{Candidate, Cut, cut};

/// Traces by randomness and cost.
fn candidates(traces: &[(u64, u64)]) -> Vec<Candidate> {
    traces.iter().map(|(bits, cost)| Candidate { randomness: Randomness::new(*bits), cost: *cost }).collect()
}

fn cut_of(traces: &[(u64, u64)], budget: u64) -> (u64, u64) {
    let Cut { threshold, cost } = cut(&candidates(traces), budget);
    (threshold.value(), cost)
}

/// The threshold is just above the first that is refused, and those above it cost what is taken (V39).
#[test]
fn the_first_refused_sets_the_threshold() {
    assert_eq!(cut_of(&[(100, 2), (50, 2), (10, 2)], 5), (11, 4));
}

/// All fit: no threshold (V40). None does: none is kept (V41).
#[test]
fn all_and_none() {
    assert_eq!(cut_of(&[(100, 2), (50, 2)], 10), (Threshold::ALWAYS.value(), 4));
    assert_eq!(cut_of(&[(100, 2), (50, 2)], 4), (Threshold::ALWAYS.value(), 4));
    assert_eq!(cut_of(&[(100, 5)], 2), (Threshold::NEVER.value(), 0));
    assert_eq!(cut_of(&[], 0), (Threshold::ALWAYS.value(), 0));
}

/// Those that tie with the first that is refused are refused, and cost nothing.
#[test]
fn ties_are_refused_together() {
    assert_eq!(cut_of(&[(100, 2), (50, 2), (50, 2), (10, 1)], 5), (51, 2));
    assert_eq!(cut_of(&[(50, 2), (50, 2)], 3), (Threshold::NEVER.value(), 0));
}

/// What is admitted is what is paid for, and within the budget, whatever the traces.
#[test]
fn what_is_admitted_is_paid_for() {
    for seed in 0..2000u64 {
        let digit = |position: u64| seed / 3u64.pow(position as u32) % 3;
        let mut traces: Vec<_> = (0..6).map(|position| (digit(position), digit(position + 1))).collect();
        traces.sort_by_key(|trace| std::cmp::Reverse(trace.0));
        let all = candidates(&traces);
        let Cut { threshold, cost } = cut(&all, seed % 7);
        let admitted = all.iter().filter(|trace| threshold.admits(trace.randomness)).map(|trace| trace.cost);
        assert_eq!(admitted.sum::<u64>(), cost, "{traces:?}");
        assert!(cost <= seed % 7);
    }
}
