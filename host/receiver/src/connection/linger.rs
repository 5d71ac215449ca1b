use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, sink};
use tokio::time::timeout;

/// How long, and how much of, what a client still sends is read and thrown away.
const LINGER: Duration = Duration::from_secs(1);
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Closes a connection whose client may still be sending. Closing at once would reset it, and the client might
/// never read what it was told. So a bounded part of the rest is read first.
pub(crate) async fn linger<IO>(stream: &mut IO)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    // The connection is closed whether or not the client hears it.
    let _ = timeout(LINGER, drain(stream)).await;
}

async fn drain<IO>(stream: &mut IO) -> io::Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    stream.shutdown().await?;
    copy(&mut stream.take(MAX_BYTES), &mut sink()).await?;
    Ok(())
}
