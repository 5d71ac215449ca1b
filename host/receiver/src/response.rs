//! What a client is told of a request that was taken, in the form that both transports share.

use sluice_otlp::wire::{put_varint, varint_len};
use sluice_pipeline::Accepted;

use crate::status;

/// The `Export*ServiceResponse`, which has the same numbers for all signals: field 1 is the partial success, in
/// it 1 the count of rejected items and 2 the message. Full success leaves it unset.
pub(crate) fn encode(accepted: &Accepted) -> Vec<u8> {
    if is_full(accepted) {
        return Vec::new();
    }
    let text = status::shorten(&accepted.message);
    let partial_len = 1 + varint_len(accepted.rejected) + 1 + varint_len(text.len() as u64) + text.len();
    let mut out = Vec::with_capacity(1 + varint_len(partial_len as u64) + partial_len);
    out.push(1 << 3 | 2);
    put_varint(&mut out, partial_len as u64);
    out.push(1 << 3);
    put_varint(&mut out, accepted.rejected);
    out.push(2 << 3 | 2);
    put_varint(&mut out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
    out
}

/// Whether there is nothing to say.
pub(crate) fn is_full(accepted: &Accepted) -> bool {
    accepted.rejected == 0 && accepted.message.is_empty()
}
