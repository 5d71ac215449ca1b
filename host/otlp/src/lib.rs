//! OTLP on the wire: scan, split, append and columns, without decoding.

pub mod columns;
mod index;
mod payload;
mod scan;
mod signal;
pub mod wire;

pub use index::{Extent, Header, Index, Leaf, MetricData, Node};
pub use payload::{Payload, Request, RequestMetadata};
pub use scan::{ScanError, ScanErrorKind};
pub use signal::Signal;
