//! Decompression that stops at a limit, and that does not hold a worker for long.

mod decoder;
mod lz4;

use std::io::{self, Read};

use bytes::Bytes;
pub(crate) use decoder::Encoding;

use crate::intake::Hold;
use crate::rejection::{Cause, Rejection};

/// Bytes that are inflated before other tasks get a turn: about half a millisecond.
const STEP: usize = 256 * 1024;

/// Inflates `compressed` to at most `max` bytes. Every byte is taken from `hold` as it comes into being, so
/// that a bomb costs no more than `max`, and nothing once the budget is used up.
pub(crate) async fn inflate(
    encoding: Encoding,
    compressed: &[u8],
    max: usize,
    hold: &mut Hold,
) -> Result<Bytes, Rejection> {
    let broken = |error: io::Error| {
        Rejection::new(Cause::Malformed, format!("the {encoding} data of the message is broken: {error}"))
    };
    if encoding.is_block(compressed) {
        return inflate_block(compressed, max, hold, broken);
    }
    let workspace = encoding.workspace(compressed);
    hold.grow(workspace)?;
    let mut decoder = encoding.decoder(compressed).map_err(broken)?;
    let mut inflated = Vec::with_capacity(encoding.size_hint(compressed).min(max));
    loop {
        // One byte more than allowed tells a message that is too large from one that just fits.
        let step = STEP.min(max - inflated.len() + 1);
        let read = decoder.by_ref().take(step as u64).read_to_end(&mut inflated).map_err(broken)?;
        hold.grow(read)?;
        if inflated.len() > max {
            return Err(too_large(max));
        }
        if read < step {
            hold.shrink(workspace);
            return Ok(Bytes::from(inflated));
        }
        tokio::task::yield_now().await;
    }
}

/// Inflates one block of snappy, which says how large it is.
fn inflate_block(
    compressed: &[u8],
    max: usize,
    hold: &mut Hold,
    broken: impl Fn(io::Error) -> Rejection,
) -> Result<Bytes, Rejection> {
    let length = snap::raw::decompress_len(compressed).map_err(|error| broken(error.into()))?;
    if length > max {
        return Err(too_large(max));
    }
    hold.grow(length)?;
    let inflated = snap::raw::Decoder::new().decompress_vec(compressed);
    inflated.map(Bytes::from).map_err(|error| broken(error.into()))
}

fn too_large(max: usize) -> Rejection {
    let message = format!("received message after decompression larger than max ({max} bytes)");
    Rejection::new(Cause::TooLarge, message)
}

#[cfg(test)]
#[path = "inflate_tests.rs"]
mod tests;
