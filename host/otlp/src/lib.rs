//! OTLP on the wire: scan, split, append and columns, without decoding.

pub mod columns;
mod index;
mod merge;
mod payload;
mod scan;
mod signal;
mod split;
pub mod wire;

pub use index::{Extent, Header, Index, Leaf, MetricData, Node};
pub use merge::merge;
pub use payload::{Payload, Request, RequestMetadata};
pub use scan::{ScanError, ScanErrorKind};
pub use signal::Signal;
pub use split::{LEFT_OUT, Oversize, Part, Split, cut, halve, split};
