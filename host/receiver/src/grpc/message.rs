use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::Body;

use crate::body::Pieces;
use crate::inflate::{Encoding, inflate};
use crate::intake::Hold;
use crate::rejection::{Cause, Rejection};

/// The head of a gRPC frame: a flag and a length.
const HEAD_BYTES: usize = 5;
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
    let mut pieces = Pieces::new(body);
    let (compressed, length) = head(&mut pieces).await?;
    if length > max {
        // The words of grpc-go, by which clients know that halving the request helps.
        let message = format!("grpc: received message larger than max ({length} vs. {max})");
        return Err(Rejection::new(Cause::TooLarge, message));
    }
    hold.check(length)?;
    let message = pieces.exactly(length, hold).await?;
    if !pieces.is_at_end().await? {
        return Err(malformed("more than one message in a unary call"));
    }
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

/// Whether the message is compressed, and its length.
async fn head<B>(pieces: &mut Pieces<'_, B>) -> Result<(bool, usize), Rejection>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let mut head = [0; HEAD_BYTES];
    if !pieces.fill(&mut head).await? {
        return Err(malformed("the request ends before its message begins"));
    }
    let [flag, length @ ..] = head;
    match flag {
        0 | 1 => Ok((flag == 1, u32::from_be_bytes(length) as usize)),
        _ => Err(malformed("the request is no gRPC: the first byte of a message is 0 or 1")),
    }
}

fn malformed(message: &str) -> Rejection {
    Rejection::new(Cause::Malformed, message)
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
