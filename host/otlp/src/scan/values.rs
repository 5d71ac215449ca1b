//! Checks of single values: each takes the bytes up to the end of the message and the field's
//! [`Head`], and answers with where the value ends.

use super::ScanErrorKind;
use super::table::Head;
use crate::wire::{WireError, read_varint};

/// What is wrong with a body, without the words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// Where the field at fault begins.
    pub(super) at: usize,
    pub(super) kind: ScanErrorKind,
}

/// Boxed, so that the results of the hot path fit into registers.
pub(super) type Checked<T> = Result<T, Box<Fault>>;

#[cold]
pub(super) fn fault(at: usize, kind: impl Into<ScanErrorKind>) -> Box<Fault> {
    Box::new(Fault { at, kind: kind.into() })
}

/// Something with a length: answers with where its content begins and where it ends.
#[inline]
pub(super) fn delimited(bytes: &[u8], head: Head) -> Checked<(usize, usize)> {
    let (length, content) = read_varint(bytes, head.value).map_err(|kind| fault(head.at, kind))?;
    if length > (bytes.len() - content) as u64 {
        return Err(fault(head.at, WireError::Truncated));
    }
    Ok((content, content + length as usize))
}

#[inline]
pub(super) fn varint(bytes: &[u8], head: Head) -> Checked<usize> {
    let (_, end) = read_varint(bytes, head.value).map_err(|kind| fault(head.at, kind))?;
    Ok(end)
}

#[inline]
pub(super) fn fixed(bytes: &[u8], head: Head, width: usize) -> Checked<usize> {
    if bytes.len() - head.value < width {
        return Err(fault(head.at, WireError::Truncated));
    }
    Ok(head.value + width)
}

/// Answers with where the id begins, too.
#[inline]
pub(super) fn trace_id(bytes: &[u8], head: Head) -> Checked<(usize, usize)> {
    let (content, end) = delimited(bytes, head)?;
    match end - content {
        0 | 16 => Ok((content, end)),
        length => Err(fault(head.at, ScanErrorKind::TraceId(length))),
    }
}

#[inline]
pub(super) fn span_id(bytes: &[u8], head: Head) -> Checked<usize> {
    let (content, end) = delimited(bytes, head)?;
    match end - content {
        0 | 8 => Ok(end),
        length => Err(fault(head.at, ScanErrorKind::SpanId(length))),
    }
}

pub(super) fn packed_varints(bytes: &[u8], head: Head) -> Checked<usize> {
    let (mut next, end) = delimited(bytes, head)?;
    while next < end {
        next = match read_varint(&bytes[..end], next) {
            Ok((_, behind)) => behind,
            Err(WireError::Truncated) => return Err(fault(head.at, ScanErrorKind::Packed)),
            Err(kind) => return Err(fault(head.at, kind)),
        };
    }
    Ok(end)
}

pub(super) fn packed_fixed64s(bytes: &[u8], head: Head) -> Checked<usize> {
    let (content, end) = delimited(bytes, head)?;
    if !(end - content).is_multiple_of(8) {
        return Err(fault(head.at, ScanErrorKind::Packed));
    }
    Ok(end)
}
