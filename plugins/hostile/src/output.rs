//! Misbehaviour in what a call gives back.

use sluice_sdk::bindings::sluice::plugin::columns::{Column, Values};

use crate::{Behaviour, bytes_column};

/// A key's length in what is given back here.
const LENGTH: u32 = 4;

/// The wrong answer for so many rows, if the behaviour is one of answering.
pub(crate) fn distort(behaviour: Behaviour, amount: usize, rows: usize) -> Option<Column> {
    let bytes = |rows: usize| vec![b'k'; rows * LENGTH as usize];
    let offsets = |rows: usize| (0..=rows as u32).map(|row| row * LENGTH).collect::<Vec<_>>();
    let end = rows as u32 * LENGTH;
    Some(match behaviour {
        Behaviour::TooFewKeys => {
            let fewer = rows.saturating_sub(1);
            bytes_column(offsets(fewer), bytes(fewer), Vec::new())
        }
        Behaviour::TooManyKeys => bytes_column(offsets(rows + 1), bytes(rows + 1), Vec::new()),
        Behaviour::NoOffsets => bytes_column(Vec::new(), bytes(rows), Vec::new()),
        Behaviour::FirstOffset => bytes_column(with(offsets(rows), 0, 1), bytes(rows), Vec::new()),
        Behaviour::OffsetsOutOfRange => {
            bytes_column(with(offsets(rows), rows, end + 1), bytes(rows), Vec::new())
        }
        Behaviour::LastOffset => bytes_column(offsets(rows), bytes(rows + 1), Vec::new()),
        Behaviour::OffsetsDescending => {
            bytes_column(with(offsets(rows), rows.saturating_sub(1), end + 1), bytes(rows + 1), Vec::new())
        }
        Behaviour::PresentTooShort => {
            bytes_column(offsets(rows), bytes(rows), vec![u8::MAX; rows.saturating_sub(1) / 8])
        }
        Behaviour::WrongShape => Column { values: Values::U64s(vec![0; rows]), present: Vec::new() },
        Behaviour::HugeOutput => {
            bytes_column(with(vec![0; rows + 1], rows, amount as u32), vec![b'k'; amount], Vec::new())
        }
        _ => return None,
    })
}

fn with(mut offsets: Vec<u32>, position: usize, offset: u32) -> Vec<u32> {
    offsets[position] = offset;
    offsets
}
