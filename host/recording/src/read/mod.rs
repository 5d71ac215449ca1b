//! Requests out of a file, one at a time.

mod error;
mod lines;
mod records;

use std::io::BufRead;

pub use error::{Fault, Place, RecordingError};
use sluice_otlp::Request;

/// A file of requests for traces: lines of OTLP/JSON, or length-prefixed protobuf. Its first byte says which.
///
/// It is read as it is asked for; no more than one request of it is held.
#[derive(Debug)]
pub struct Recording<R> {
    input: R,
    format: Option<Format>,
    /// Bytes read so far.
    position: u64,
    /// Lines read so far.
    lines: u64,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Json,
    Proto,
}

/// The most that the first byte of a record's length can be; see [`MAX_RECORD`](crate::MAX_RECORD).
const LARGEST_FIRST: u8 = (crate::MAX_RECORD >> 24) as u8;

impl<R: BufRead> Recording<R> {
    /// A file from its beginning.
    pub fn new(input: R) -> Self {
        Self { input, format: None, position: 0, lines: 0 }
    }

    /// The next request, `None` at the end. After an error nothing is to be read any more.
    ///
    /// # Errors
    /// Says what is wrong with the file, and where.
    pub fn next_request(&mut self) -> Result<Option<Request>, RecordingError> {
        let format = match self.format {
            Some(format) => format,
            None => {
                let Some(format) = self.detect()? else { return Ok(None) };
                *self.format.insert(format)
            }
        };
        match format {
            Format::Json => self.next_line(),
            Format::Proto => self.next_record(),
        }
    }

    /// The format, `None` where the file is empty.
    fn detect(&mut self) -> Result<Option<Format>, RecordingError> {
        let first = match self.input.fill_buf() {
            Ok(buffer) => buffer.first().copied(),
            Err(error) => return Err(Fault::Io(error).at(Place::Byte(0))),
        };
        match first {
            None => Ok(None),
            Some(0..=LARGEST_FIRST) => Ok(Some(Format::Proto)),
            // A byte order mark, white space, or what lines of JSON begin with.
            Some(b'{' | b' ' | b'\t' | b'\r' | b'\n' | 0xef) => Ok(Some(Format::Json)),
            Some(_) => Err(Fault::Format.at(Place::Byte(0))),
        }
    }
}
