//! Misbehaviour in what a call gives back.

use sluice_sdk::bindings::policy::Verdicts;
use sluice_sdk::bindings::sluice::plugin::columns::BytesColumn;
use sluice_sdk::policy::{Threshold, Vote};

use crate::Behaviour;

/// A reason's length in what is given back here.
const LENGTH: usize = 4;

/// The wrong answer for so many traces, if the behaviour is one of answering.
pub(crate) fn distort(behaviour: Behaviour, amount: usize, rows: usize) -> Option<Verdicts> {
    let mut verdicts = good(rows);
    let last = rows.saturating_sub(1);
    let end = (rows * LENGTH) as u32;
    let Verdicts { votes, thresholds, reasons } = &mut verdicts;
    match behaviour {
        Behaviour::TooFewVotes => votes.truncate(last),
        Behaviour::TooManyVotes => votes.push(Vote::Sampled as u8),
        Behaviour::VoteOutOfRange => votes[last] = 5,
        Behaviour::ErrorVotes => votes.fill(Vote::Error as u8),
        Behaviour::TooManyThresholds => thresholds.push(0),
        Behaviour::ThresholdOutOfRange => thresholds[last] = Threshold::NEVER.value() + 1,
        Behaviour::TooFewReasons => {
            reasons.offsets.truncate(rows);
            reasons.data.truncate(last * LENGTH);
        }
        Behaviour::FirstOffset => reasons.offsets[0] = 1,
        Behaviour::OffsetsOutOfRange => reasons.offsets[rows] = end + 1,
        Behaviour::OffsetsDescending => {
            reasons.offsets[last] = end + 1;
            reasons.data.push(b'r');
        }
        Behaviour::LongReason => {
            reasons.data.resize(last * LENGTH + amount, b'r');
            reasons.offsets[rows] = reasons.data.len() as u32;
        }
        Behaviour::HugeOutput => *reasons = reasons_of(rows, &vec![b'r'; amount]),
        Behaviour::BinaryReasons => *reasons = reasons_of(rows, b"\x00\xff\n\x1b[2J"),
        _ => return None,
    }
    Some(verdicts)
}

fn good(rows: usize) -> Verdicts {
    Verdicts {
        votes: vec![Vote::Sampled as u8; rows],
        thresholds: vec![0; rows],
        reasons: reasons_of(rows, b"good"),
    }
}

fn reasons_of(rows: usize, reason: &[u8]) -> BytesColumn {
    let offsets = (0..=rows).map(|row| (row * reason.len()) as u32).collect();
    BytesColumn { offsets, data: reason.repeat(rows) }
}
