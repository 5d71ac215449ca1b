use std::io;

use sluice_json::DecodeError;
use sluice_otlp::ScanError;
use thiserror::Error;

use crate::MAX_RECORD;

/// Where in a file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this line, from 1.
    Line(u64),
    /// In what begins at this byte, from 0.
    Byte(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

/// Why a file cannot be read any further.
#[derive(Debug, Error)]
#[error("{place}: {fault}")]
pub struct RecordingError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// It is neither of the two formats.
    #[error(
        "neither OTLP/JSON in lines nor length-prefixed protobuf, as the file exporter writes them (without \
         `compression`, with `format: json` or `proto`)"
    )]
    Format,
    /// A record or a line is too long.
    #[error("more than {MAX_RECORD} bytes for one request")]
    TooLarge,
    /// A record is shorter than it says.
    #[error("the record is cut off: {there} of its {announced} bytes are there")]
    CutOff {
        /// Bytes that it should have.
        announced: u64,
        /// Bytes that it has.
        there: u64,
    },
    /// A record was compressed.
    #[error(
        "the record is compressed, as the file exporter's `compression: zstd` has it; `zstd -d` does not undo that"
    )]
    Compressed,
    /// A record is no request for traces.
    #[error("no request for traces: {0}")]
    Malformed(ScanError),
    /// A line is no request for traces.
    #[error("{}", in_line(.0))]
    Json(DecodeError),
    /// A line begins an object that goes on in the next one.
    #[error("the JSON goes on in the next line; a request takes one line, as the file exporter writes it")]
    SeveralLines,
    /// It has logs or metrics, or nothing that is known.
    #[error("no `resourceSpans`: {found}; only traces can be replayed")]
    NoTraces {
        /// What there is instead.
        found: String,
    },
}

impl Fault {
    pub(super) fn at(self, place: Place) -> RecordingError {
        RecordingError { place, fault: self }
    }
}

/// Each line is a text of its own to the decoder.
fn in_line(error: &DecodeError) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}
