//! Recorded traces: files of requests, one after the other, as the `file` exporter of Sluice and of the Collector writes
//! them, and as a sampler's traces are captured.
//!
//! - [`Recording`] reads either format, request by request.
//! - [`frame()`] writes one of them: four bytes of length, big endian, then a request.
//! - [`Redaction`] replaces the values of attributes, over wire bytes, before a trace leaves the process that holds it.
//!
//! Neighbours: `sluice-otlp` scans what is read; `sluice-json` reads lines of OTLP/JSON.
//!
//! Invariants:
//! - No bytes make anything here panic, and no file makes it hold more than one request at a time, which is bounded.
//! - What is redacted is as good a request as before, with as many spans. What is not known to be harmless is left out of it.

mod frame;
mod read;
mod redact;

pub use frame::{MAX_RECORD, frame};
pub use read::{Fault, Place, Recording, RecordingError};
pub use redact::Redaction;
