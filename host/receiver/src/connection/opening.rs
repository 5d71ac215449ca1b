use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::replay::Replay;

/// What every HTTP/2 client says first (RFC 9113, 3.4).
pub(super) const PREFACE: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Methods that an HTTP/1.1 client may begin with.
const HTTP1_METHODS: [&[u8]; 7] = [b"POST ", b"GET ", b"HEAD ", b"PUT ", b"OPTIO", b"DELET", b"PATCH"];

/// The first bytes of a connection: as many as tell what it speaks, and no more than HTTP/2's preface.
#[derive(Debug)]
pub(crate) struct Opening {
    said: [u8; PREFACE.len()],
    filled: usize,
}

/// What a client speaks, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http2,
    Http1,
    Tls,
    /// Something else.
    Other,
    /// Nothing, or too little to tell.
    Nothing,
}

impl Opening {
    /// Reads until it is clear what is spoken, or `limit` has passed; hyper itself would wait for ever.
    pub(crate) async fn read<IO: AsyncRead + Unpin>(stream: &mut IO, limit: Duration) -> Self {
        let mut opening = Self { said: [0; PREFACE.len()], filled: 0 };
        let Self { said, filled } = &mut opening;
        let reading = async {
            while *filled < said.len() && PREFACE.starts_with(&said[..*filled]) {
                match stream.read(&mut said[*filled..]).await {
                    Ok(count) if count > 0 => *filled += count,
                    _ => break,
                }
            }
        };
        // Too late or too short: told by what came until then.
        let _ = timeout(limit, reading).await;
        opening
    }

    /// What the client speaks.
    pub(crate) fn spoken(&self) -> Spoken {
        let said = &self.said[..self.filled];
        if said == PREFACE {
            Spoken::Http2
        } else if PREFACE.starts_with(said) {
            Spoken::Nothing
        } else if said.starts_with(&[0x16, 0x03]) {
            // A TLS record of a handshake.
            Spoken::Tls
        } else if HTTP1_METHODS.iter().any(|method| said.starts_with(method)) {
            Spoken::Http1
        } else {
            Spoken::Other
        }
    }

    /// The stream as if nothing had been read of it.
    pub(crate) fn replay<IO>(self, stream: IO) -> Replay<IO> {
        Replay::new(self.said, self.filled, stream)
    }
}

#[cfg(test)]
#[path = "opening_tests.rs"]
mod tests;
