use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body::Body;
use http_body_util::BodyExt;

use crate::inflate::{Encoding, inflate};
use crate::intake::Hold;
use crate::rejection::{Cause, Rejection};

/// The head of a gRPC frame: a flag and a length.
const HEAD_BYTES: usize = 5;
/// What is allocated at once on the word of a client; a longer message grows to its length as it arrives.
const EAGER_BYTES: usize = 4 * 1024 * 1024;
/// A message that came in one piece is a slice of the connection's read buffer. Small ones are copied out
/// all the same, lest a few hundred bytes in a queue keep a whole buffer alive.
const SLICE_BYTES: usize = 16 * 1024;

/// How the messages of a request are compressed, from `grpc-encoding`.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Option<Encoding>, Rejection> {
    match headers.get("grpc-encoding").map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(None),
        Some(name) => Encoding::from_name(name).map(Some).ok_or_else(|| {
            let name = String::from_utf8_lossy(name);
            let message = format!("grpc-encoding {name} is not known; gzip, zstd, snappy and identity are");
            Rejection::new(Cause::UnknownEncoding, message)
        }),
    }
}

/// Reads the one message of a unary call, and inflates it.
pub(super) async fn read<B>(
    body: &mut B,
    encoding: Option<Encoding>,
    max: usize,
    hold: &mut Hold,
) -> Result<Bytes, Rejection>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let mut pieces = Pieces { body, piece: Bytes::new() };
    let (compressed, length) = pieces.head().await?;
    if length > max {
        // The words of grpc-go, by which clients know that halving the request helps.
        let message = format!("grpc: received message larger than max ({length} vs. {max})");
        return Err(Rejection::new(Cause::TooLarge, message));
    }
    hold.check(length)?;
    let message = pieces.message(length, hold).await?;
    pieces.end().await?;
    match (compressed, encoding) {
        (false, _) => Ok(message),
        (true, Some(encoding)) => {
            let inflated = inflate(encoding, &message, max, hold).await?;
            hold.shrink(message.len());
            Ok(inflated)
        }
        (true, None) => Err(malformed("the message is marked as compressed, but there is no grpc-encoding")),
    }
}

/// The body as a sequence of bytes.
struct Pieces<'a, B> {
    body: &'a mut B,
    /// What came and was not used yet.
    piece: Bytes,
}

impl<B> Pieces<'_, B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    /// Makes `piece` hold something; `false` at the end of the body.
    async fn fill(&mut self) -> Result<bool, Rejection> {
        while self.piece.is_empty() {
            match self.body.frame().await {
                None => return Ok(false),
                // Trailers of a request say nothing in gRPC.
                Some(Ok(frame)) => self.piece = frame.into_data().unwrap_or_default(),
                Some(Err(error)) => {
                    return Err(Rejection::new(
                        Cause::Cancelled,
                        format!("the request was cut off: {error}"),
                    ));
                }
            }
        }
        Ok(true)
    }

    /// Whether the message is compressed, and its length.
    async fn head(&mut self) -> Result<(bool, usize), Rejection> {
        let mut head = [0; HEAD_BYTES];
        let mut filled = 0;
        while filled < HEAD_BYTES {
            if !self.fill().await? {
                return Err(malformed("the request ends before its message begins"));
            }
            let count = self.piece.len().min(HEAD_BYTES - filled);
            self.piece.copy_to_slice(&mut head[filled..filled + count]);
            filled += count;
        }
        let [flag, length @ ..] = head;
        match flag {
            0 | 1 => Ok((flag == 1, u32::from_be_bytes(length) as usize)),
            _ => Err(malformed("the request is no gRPC: the first byte of a message is 0 or 1")),
        }
    }

    /// The message: copied once, or not at all where one large piece holds it.
    async fn message(&mut self, length: usize, hold: &mut Hold) -> Result<Bytes, Rejection> {
        if self.piece.len() >= length && length >= SLICE_BYTES {
            hold.grow(length)?;
            return Ok(self.piece.split_to(length));
        }
        let mut message = BytesMut::with_capacity(length.min(EAGER_BYTES));
        while message.len() < length {
            if !self.fill().await? {
                let came = message.len();
                return Err(malformed(&format!("the message ends after {came} of {length} bytes")));
            }
            let count = self.piece.len().min(length - message.len());
            hold.grow(count)?;
            message.extend_from_slice(&self.piece[..count]);
            self.piece.advance(count);
        }
        Ok(message.freeze())
    }

    /// Nothing may follow the message of a unary call.
    async fn end(&mut self) -> Result<(), Rejection> {
        if self.fill().await? { Err(malformed("more than one message in a unary call")) } else { Ok(()) }
    }
}

fn malformed(message: &str) -> Rejection {
    Rejection::new(Cause::Malformed, message)
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
