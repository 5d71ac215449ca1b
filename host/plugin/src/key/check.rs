use sluice_otlp::columns::{BytesColumn, Column, Values};

use crate::Limits;
use crate::instance::{Failure, FailureReason};

/// A plugin's answer that keeps to the contract.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) keys: BytesColumn,
    present: Vec<u8>,
}

impl Checked {
    /// Whether the plugin gave the row a key.
    pub(super) fn is_present(&self, row: u32) -> bool {
        let row = row as usize;
        self.present.is_empty() || self.present.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
    }

    /// Whether every row has a key for sure.
    pub(super) fn are_all_present(&self) -> bool {
        self.present.is_empty()
    }
}

/// Checks the answer to a call for `rows` rows against the contract.
pub(super) fn answer(column: Column, rows: u32, limits: &Limits) -> Result<Checked, Failure> {
    let Values::Bytes(keys) = column.values else {
        return Err(breach("keys must be a `bytes` column".to_owned()));
    };
    check_offsets(&keys, rows, limits).map_err(breach)?;
    let bitmap = (rows as usize).div_ceil(8);
    if !column.present.is_empty() && column.present.len() != bitmap {
        let length = column.present.len();
        return Err(breach(format!(
            "`present` has {length} bytes; {rows} rows take {bitmap}, or none at all"
        )));
    }
    Ok(Checked { keys, present: column.present })
}

fn check_offsets(keys: &BytesColumn, rows: u32, limits: &Limits) -> Result<(), String> {
    let offsets = &keys.offsets;
    if offsets.len() != rows as usize + 1 {
        return Err(format!("{} offsets; {rows} rows take {}", offsets.len(), u64::from(rows) + 1));
    }
    if offsets[0] != 0 {
        return Err(format!("the first offset is {}, not 0", offsets[0]));
    }
    if keys.data.len() > limits.max_bytes {
        return Err(format!(
            "{} bytes of keys; at most {} are allowed in a call",
            keys.data.len(),
            limits.max_bytes
        ));
    }
    // One pass without a branch a row; which row it is matters only once there is one.
    let longest = u32::try_from(limits.max_key_bytes).unwrap_or(u32::MAX);
    let faults =
        offsets.windows(2).fold(false, |fault, pair| fault | (pair[1].wrapping_sub(pair[0]) > longest));
    if faults {
        return Err(describe_fault(offsets, longest));
    }
    let last = offsets[rows as usize];
    if last as usize != keys.data.len() {
        return Err(format!("the last offset is {last}, the data ends at {}", keys.data.len()));
    }
    Ok(())
}

fn describe_fault(offsets: &[u32], longest: u32) -> String {
    for (row, pair) in offsets.windows(2).enumerate() {
        match pair[1].checked_sub(pair[0]) {
            None => return format!("the offsets go down behind row {row}, from {} to {}", pair[0], pair[1]),
            Some(length) if length > longest => {
                return format!("the key of row {row} has {length} bytes; at most {longest} are allowed");
            }
            Some(_) => {}
        }
    }
    "the offsets do not ascend".to_owned()
}

fn breach(message: String) -> Failure {
    Failure::new(FailureReason::Contract, message)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
