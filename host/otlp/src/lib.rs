//! OTLP on the wire: scan, split, append and columns, without decoding.
//!
//! The gateway's unit of work is a [`Payload`]: a serialized export request, and the [`Index`] of what
//! lies where in it. [`Index::scan`] makes the index in one pass that checks every byte; from then on
//! everything works on slices of the request:
//!
//! - [`split()`] makes one request per backend of it, [`cut`] and [`halve`] smaller ones, [`merge()`] a
//!   larger one; [`partition()`] takes a merged one apart by what is known of the senders.
//! - [`Assembler`] puts a request together of spans that were cut out of others.
//! - [`columns`] reads out of it what a plugin asked for.
//!
//! Invariants: what was scanned is a request that a protobuf decoder accepts; what comes out of a
//! split has each leaf (span, log record or data point) once, byte for byte, with all that stood
//! around it, fields of the future included; no bytes make it panic. Nothing here knows of
//! sockets, clocks, plugins or configuration.

mod assemble;
pub mod columns;
mod index;
mod merge;
mod partition;
mod payload;
mod scan;
mod signal;
mod split;
pub mod wire;

pub use assemble::{Assembler, ScopePart};
pub use index::{Extent, Header, Index, Leaf, MetricData, Node};
pub use merge::merge;
pub use partition::partition;
pub use payload::{Payload, Request, RequestCursor, RequestMetadata, SenderHeaders};
pub use scan::{ScanError, ScanErrorKind};
pub use signal::Signal;
pub use split::{LEFT_OUT, Oversize, Part, Split, cut, halve, split};
