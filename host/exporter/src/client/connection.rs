use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{self, Connected};
use hyper_util::rt::TokioIo;
use sluice_tls::ClientStream;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connector::Open;

/// What bytes flow over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open connection, and what its making has shown of the other side.
pub(super) struct Connection {
    io: TokioIo<Box<dyn Stream>>,
    is_http2: bool,
    to_proxy: bool,
    /// Counts it while it lasts.
    open: Option<Open>,
}

impl Connection {
    pub(super) fn plain(stream: Box<dyn Stream>) -> Self {
        Self { io: TokioIo::new(stream), is_http2: false, to_proxy: false, open: None }
    }

    pub(super) fn to_proxy(stream: Box<dyn Stream>) -> Self {
        Self { to_proxy: true, ..Self::plain(stream) }
    }

    pub(super) fn secure(stream: ClientStream<impl Stream + 'static>) -> Self {
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self { is_http2, ..Self::plain(Box::new(stream)) }
    }

    pub(super) fn counted(self, open: Open) -> Self {
        Self { open: Some(open), ..self }
    }
}

impl connect::Connection for Connection {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.to_proxy);
        if self.is_http2 { connected.negotiated_h2() } else { connected }
    }
}

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("is_http2", &self.is_http2)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}
