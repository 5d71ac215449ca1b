//! Length-prefixed protobuf.

use std::io::{BufRead, Read};

use bytes::Bytes;
use sluice_otlp::{Request, Signal};

use super::{Fault, Place, Recording, RecordingError};
use crate::MAX_RECORD;

/// Bytes of a record's length.
const PREFIX: u64 = 4;
/// What compressed content begins with.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

impl<R: BufRead> Recording<R> {
    pub(super) fn next_record(&mut self) -> Result<Option<Request>, RecordingError> {
        let start = Place::Byte(self.position);
        let prefix = self.read(PREFIX, start)?;
        if prefix.is_empty() {
            return Ok(None);
        }
        let cut_off = |announced, there| Fault::CutOff { announced, there }.at(start);
        let length = prefix.first_chunk().copied().ok_or_else(|| cut_off(PREFIX, prefix.len() as u64))?;
        let length = u64::from(u32::from_be_bytes(length));
        if length > MAX_RECORD as u64 {
            return Err(Fault::TooLarge.at(start));
        }
        let body = self.read(length, start)?;
        if (body.len() as u64) < length {
            return Err(cut_off(length, body.len() as u64));
        }
        let is_compressed = body.starts_with(ZSTD);
        Request::scan(Signal::Traces, Bytes::from(body)).map(Some).map_err(|error| {
            if is_compressed { Fault::Compressed } else { Fault::Malformed(error) }.at(start)
        })
    }

    /// So many bytes, or those that there are. What is announced is not believed: room is made as they come.
    fn read(&mut self, most: u64, start: Place) -> Result<Vec<u8>, RecordingError> {
        let mut bytes = Vec::new();
        let read = self.input.by_ref().take(most).read_to_end(&mut bytes);
        self.position += read.map_err(|error| Fault::Io(error).at(start))? as u64;
        Ok(bytes)
    }
}
