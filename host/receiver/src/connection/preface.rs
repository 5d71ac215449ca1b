use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, sink};
use tokio::time::timeout;

use crate::metrics::ConnectionRefusal;

/// What every HTTP/2 client says first (RFC 9113, 3.4).
pub(super) const PREFACE: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Methods that an HTTP/1.1 client may begin with.
const HTTP1_METHODS: [&[u8]; 6] = [b"POST ", b"GET ", b"HEAD ", b"PUT ", b"OPTIO", b"DELET"];

/// A person with curl, or an OTLP/HTTP client at the wrong port, is told so.
const HTTP1_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\
    content-length: 71\r\n\r\nthis port speaks OTLP/gRPC (HTTP/2); OTLP/HTTP has a port of its own\r\n\n";

/// How long, and how much of, an HTTP/1.1 client's request is read and thrown away.
const LINGER: Duration = Duration::from_secs(1);
const MAX_HTTP1_BYTES: u64 = 1024 * 1024;

/// Reads the preface within `limit`, or tells why the connection is of no use.
pub(super) async fn read<IO>(
    stream: &mut IO,
    limit: Duration,
) -> Result<[u8; PREFACE.len()], ConnectionRefusal>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut said = [0; PREFACE.len()];
    let mut filled = 0;
    let reading = async {
        while filled < said.len() && PREFACE.starts_with(&said[..filled]) {
            match stream.read(&mut said[filled..]).await {
                Ok(count) if count > 0 => filled += count,
                _ => break,
            }
        }
    };
    // Too late or too short: told by what came until then.
    let _ = timeout(limit, reading).await;
    if said == PREFACE {
        return Ok(said);
    }
    let refusal = judge(&said[..filled]);
    if refusal == ConnectionRefusal::Http1 {
        // The connection is closed whether or not the client hears it.
        let _ = timeout(LINGER, answer_http1(stream)).await;
    }
    Err(refusal)
}

/// Closing while the rest of the request is on its way would reset the connection, and the client would
/// never read the answer. So a bounded part of the rest is read first.
async fn answer_http1<IO>(stream: &mut IO) -> io::Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(HTTP1_ANSWER).await?;
    stream.shutdown().await?;
    copy(&mut stream.take(MAX_HTTP1_BYTES), &mut sink()).await?;
    Ok(())
}

/// What a client speaks that does not begin with the preface.
fn judge(said: &[u8]) -> ConnectionRefusal {
    if PREFACE.starts_with(said) {
        ConnectionRefusal::Silent
    } else if said.starts_with(&[0x16, 0x03]) {
        // A TLS record of a handshake.
        ConnectionRefusal::Tls
    } else if HTTP1_METHODS.iter().any(|method| said.starts_with(method)) {
        ConnectionRefusal::Http1
    } else {
        ConnectionRefusal::NotHttp2
    }
}

#[cfg(test)]
#[path = "preface_tests.rs"]
mod tests;
