use super::*;
use crate::bindings::sluice::plugin::columns;

fn verdicts(votes: &[u8], thresholds: &[u64], reasons: &[&str]) -> policy::Verdicts {
    let mut column = columns::BytesColumn { offsets: Vec::new(), data: Vec::new() };
    if !reasons.is_empty() {
        column.offsets.push(0);
    }
    for reason in reasons {
        column.data.extend_from_slice(reason.as_bytes());
        column.offsets.push(column.data.len() as u32);
    }
    policy::Verdicts { votes: votes.to_vec(), thresholds: thresholds.to_vec(), reasons: column }
}

fn breach_of(verdicts: policy::Verdicts, traces: usize) -> String {
    answer(verdicts, traces).expect_err("a breach").message
}

/// Guarantees: what keeps to the contract is read as it is.
#[test]
fn answers_in_order_are_taken() {
    let read =
        answer(verdicts(&[0, 1, 4], &[0, 5, MAX_THRESHOLD], &["", "slow\n", "x"]), 3).expect("in order");
    assert_eq!(read.votes, [Vote::NotSampled, Vote::Sampled, Vote::Error]);
    assert_eq!((read.threshold(1), read.threshold(9)), (5, 0));
    assert_eq!((read.reason(0), read.reason(1)), (String::new(), "slow\\n".to_owned()));
}

/// Guarantees: each breach is found, and said in words.
#[test]
fn breaches_are_named() {
    assert!(breach_of(verdicts(&[0], &[], &[]), 2).contains("1 votes on 2 traces"));
    assert!(breach_of(verdicts(&[5], &[], &[]), 1).contains("5 is no vote"));
    assert!(breach_of(verdicts(&[0, 0], &[1], &[]), 2).contains("1 thresholds"));
    assert!(breach_of(verdicts(&[1], &[MAX_THRESHOLD + 1], &[]), 1).contains("larger than 2^56"));
    assert!(breach_of(verdicts(&[1], &[], &["a", "b"]), 1).contains("3 offsets"));
    assert!(breach_of(verdicts(&[1], &[], &["x".repeat(257).as_str()]), 1).contains("257 bytes"));
    let mut falling = verdicts(&[1, 1], &[], &["ab", ""]);
    falling.reasons.offsets = vec![0, 3, 2];
    assert!(breach_of(falling, 2).contains("go down behind row 1"));
}

/// Guarantees: parts with and without thresholds and reasons keep each row's.
#[test]
fn parts_are_put_together() {
    let mut all = Verdicts::all(Vote::Abstain, 2);
    all.append(answer(verdicts(&[1, 0], &[7, 0], &["why", ""]), 2).expect("in order"));
    all.append(Verdicts::all(Vote::Error, 1));
    let rows: Vec<_> = (0..5).map(|row| (all.votes[row], all.threshold(row), all.reason(row))).collect();
    let row = |vote, threshold, reason: &str| (vote, threshold, reason.to_owned());
    assert_eq!(
        rows,
        [
            row(Vote::Abstain, 0, ""),
            row(Vote::Abstain, 0, ""),
            row(Vote::Sampled, 7, "why"),
            row(Vote::NotSampled, 0, ""),
            row(Vote::Error, 0, ""),
        ]
    );
}
