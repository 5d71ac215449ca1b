use thiserror::Error;

use crate::wire::WireError;

/// A request's body that is malformed: what is wrong with it, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("malformed OTLP at byte {at} ({path}): {kind}")]
pub struct ScanError {
    /// Where the field at fault begins, in bytes from the beginning of the body.
    pub at: usize,
    /// The same in words, as far as it is known: `resource_spans[0].scope_spans[1].spans[7].trace_id`.
    pub path: String,
    /// What is wrong.
    pub kind: ScanErrorKind,
}

/// What can be wrong with a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ScanErrorKind {
    /// The bytes are no protobuf message.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The field is known, and of another type.
    #[error("wire type {0} is not the field's")]
    WireType(u8),
    /// A trace id that is neither absent nor whole.
    #[error("a trace id has {0} bytes, not 16")]
    TraceId(usize),
    /// A span id that is neither absent nor whole.
    #[error("a span id has {0} bytes, not 8")]
    SpanId(usize),
    /// Packed numbers, the last of which is cut off.
    #[error("packed numbers do not fill their field")]
    Packed,
    /// The body is too large for offsets of 32 bits.
    #[error("the body has {0} bytes, more than 4 GiB")]
    TooLarge(usize),
}
