use bytes::Bytes;

/// Bytes of a record, at most: far more than a receiver takes in one request, and than a sampler captures of a trace.
///
/// It keeps the two formats apart, too: the length of a record begins with a byte of 8 at most, and no text of JSON does.
pub const MAX_RECORD: usize = 128 << 20;

/// A request as a record: its length, then the bytes as they are; `None` where it is longer than [`MAX_RECORD`].
#[must_use]
pub fn frame(request: &[u8]) -> Option<Bytes> {
    let length = u32::try_from(request.len()).ok().filter(|_| request.len() <= MAX_RECORD)?;
    let mut record = Vec::with_capacity(4 + request.len());
    record.extend_from_slice(&length.to_be_bytes());
    record.extend_from_slice(request);
    Some(record.into())
}
