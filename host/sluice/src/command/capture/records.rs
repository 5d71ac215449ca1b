use std::io::Write;

use anyhow::{Context, ensure};
use sluice_recording::MAX_RECORD;

/// Bytes of a record's length.
const PREFIX: usize = 4;

/// Writes records as soon as they are whole, so that whatever happens a file ends with one.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// The beginning of a record.
    pending: Vec<u8>,
    traces: u64,
    bytes: u64,
}

impl Records {
    /// Takes more bytes.
    pub(super) fn take(&mut self, data: &[u8], output: &mut impl Write) -> anyhow::Result<()> {
        self.pending.extend_from_slice(data);
        let mut rest = &self.pending[..];
        while let Some((length, body)) = rest.split_first_chunk::<PREFIX>() {
            let length = u32::from_be_bytes(*length) as usize;
            ensure!(length <= MAX_RECORD, "the answer is not what a gateway of this release says");
            if body.len() < length {
                break;
            }
            let (record, more) = rest.split_at(PREFIX + length);
            output.write_all(record).context("could not write")?;
            self.traces += 1;
            self.bytes += length as u64;
            rest = more;
        }
        let done = self.pending.len() - rest.len();
        self.pending.drain(..done);
        output.flush().context("could not write")
    }

    /// Whether nothing is missing of the last one.
    pub(super) fn is_whole(&self) -> bool {
        self.pending.is_empty()
    }

    pub(super) fn traces(&self) -> u64 {
        self.traces
    }

    /// Bytes of traces.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
