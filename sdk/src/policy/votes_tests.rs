use super::{Verdict, Vote, Votes};
use crate::Signal;
use crate::bindings::policy::Verdicts;
use crate::bindings::sluice::plugin::columns::{Batch, Rows, Table};
use crate::policy::{Due, Threshold};

fn votes(verdicts: &[Verdict]) -> Verdicts {
    let count = verdicts.len() as u32;
    let traces = Rows { table: Table::Traces, count, parent: vec![], trace: vec![], columns: vec![] };
    let batch = Batch { signal: Signal::Traces, now: 0, tables: vec![traces] };
    let due = Due::new(batch, &[]).unwrap();
    Votes::for_each(due.iter(), |trace, _| verdicts[trace.number()]).into_raw()
}

/// Votes have the numbers of the contract.
#[test]
fn votes_have_their_numbers() {
    let all = [Vote::NotSampled, Vote::Sampled, Vote::Dropped, Vote::Abstain, Vote::Error];
    let raw = votes(&all.map(Verdict::from));
    assert_eq!(raw.votes, [0, 1, 2, 3, 4]);
    assert!(raw.thresholds.is_empty() && raw.reasons.offsets.is_empty());
}

/// Thresholds are given for all traces once there is one, wherever it comes.
#[test]
fn one_threshold_is_enough_for_all() {
    let half = Vote::Sampled.under(Threshold::of_share(0.5));
    let all = Verdict::from(Vote::Sampled);
    assert_eq!(votes(&[all, all, half, all]).thresholds, [0, 0, 1 << 55, 0]);
    assert_eq!(votes(&[half, all]).thresholds, [1 << 55, 0]);
}
