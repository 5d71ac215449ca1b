//! The body of a request as a sequence of bytes, with what it holds taken from the budget as it comes.

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use crate::intake::Hold;
use crate::rejection::{Cause, Rejection};

/// What is allocated at once on the word of a client; what is longer grows to its length as it arrives.
const EAGER_BYTES: usize = 4 * 1024 * 1024;
/// What came in one piece is a slice of the connection's read buffer. Small pieces are copied out all the same,
/// lest a few hundred bytes in a queue keep a whole buffer alive.
pub(crate) const SLICE_BYTES: usize = 16 * 1024;

/// Reads a body.
pub(crate) struct Pieces<'a, B> {
    body: &'a mut B,
    /// What came and was not used yet.
    piece: Bytes,
}

impl<'a, B> Pieces<'a, B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    pub(crate) fn new(body: &'a mut B) -> Self {
        Self { body, piece: Bytes::new() }
    }

    /// Makes `piece` hold something; `false` at the end of the body.
    async fn more(&mut self) -> Result<bool, Rejection> {
        while self.piece.is_empty() {
            match self.body.frame().await {
                None => return Ok(false),
                // Trailers of a request say nothing in OTLP.
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

    /// Whether nothing follows.
    pub(crate) async fn is_at_end(&mut self) -> Result<bool, Rejection> {
        Ok(!self.more().await?)
    }

    /// Fills a few bytes; `false` where the body ends before.
    pub(crate) async fn fill(&mut self, mut bytes: &mut [u8]) -> Result<bool, Rejection> {
        while !bytes.is_empty() {
            if !self.more().await? {
                return Ok(false);
            }
            let count = self.piece.len().min(bytes.len());
            let (now, later) = std::mem::take(&mut bytes).split_at_mut(count);
            self.piece.copy_to_slice(now);
            bytes = later;
        }
        Ok(true)
    }

    /// The next `length` bytes: copied once, or not at all where one large piece holds them.
    pub(crate) async fn exactly(&mut self, length: usize, hold: &mut Hold) -> Result<Bytes, Rejection> {
        if self.piece.len() >= length && length >= SLICE_BYTES {
            hold.grow(length)?;
            return Ok(self.piece.split_to(length));
        }
        let mut message = BytesMut::with_capacity(length.min(EAGER_BYTES));
        while message.len() < length {
            if !self.more().await? {
                let came = message.len();
                let message = format!("the message ends after {came} of {length} bytes");
                return Err(Rejection::new(Cause::Malformed, message));
            }
            let count = self.piece.len().min(length - message.len());
            hold.grow(count)?;
            message.extend_from_slice(&self.piece[..count]);
            self.piece.advance(count);
        }
        Ok(message.freeze())
    }

    /// Everything, where `expected` is its length as far as the client said so; none when it is more than `max`
    /// bytes.
    pub(crate) async fn all(
        &mut self,
        expected: Option<usize>,
        max: usize,
        hold: &mut Hold,
    ) -> Result<Option<Bytes>, Rejection> {
        if expected.is_some_and(|length| length >= SLICE_BYTES) && self.more().await? {
            let length = self.piece.len();
            if Some(length) == expected && length <= max {
                hold.grow(length)?;
                return Ok(Some(std::mem::take(&mut self.piece)));
            }
        }
        let mut message = BytesMut::with_capacity(expected.unwrap_or(0).min(EAGER_BYTES));
        while self.more().await? {
            let piece = std::mem::take(&mut self.piece);
            if message.len() + piece.len() > max {
                return Ok(None);
            }
            hold.grow(piece.len())?;
            message.extend_from_slice(&piece);
        }
        Ok(Some(message.freeze()))
    }
}
