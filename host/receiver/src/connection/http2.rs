use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::{MAX_HEADER_BYTES, Peer, log_end};

/// What a client may send before we have read it, per connection. Bodies are read as they come, so that
/// this is in use only while a worker is busy; it lets a request of 4 MiB flow without waiting.
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;
/// The same per request.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;

/// What differs between the servers that speak HTTP/2.
pub(crate) struct Http2Settings {
    pub(crate) max_concurrent_streams: u32,
    pub(crate) read_buffer_size: u32,
    pub(crate) write_buffer_size: usize,
    /// How long a connection may be silent before the client is pinged.
    pub(crate) keepalive_time: Duration,
    /// How long the answer to the ping may take.
    pub(crate) keepalive_timeout: Duration,
    /// Whether replies say when they were made: RFC 9110 asks it of every server with a clock, gRPC has no use
    /// for it.
    pub(crate) date_header: bool,
}

/// A builder for connections.
pub(crate) fn builder(settings: &Http2Settings) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.max_concurrent_streams)
        .max_header_list_size(MAX_HEADER_BYTES)
        .max_frame_size(settings.read_buffer_size.clamp(16 * 1024, (1 << 24) - 1))
        .max_send_buf_size(settings.write_buffer_size)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(settings.keepalive_time)
        .keep_alive_timeout(settings.keepalive_timeout)
        .auto_date_header(settings.date_header);
    builder
}

/// Serves `connection` until it ends. Once `closing` resolves it takes nothing new, and ends with what is in
/// flight, within the time that `closing` resolves to where that is bounded.
pub(crate) async fn drive<IO, S, B>(
    connection: http2::Connection<TokioIo<IO>, S, TokioExecutor>,
    closing: impl Future<Output = Option<Duration>>,
    peer: &Peer,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut connection = pin!(connection);
    let grace = tokio::select! {
        ended = connection.as_mut() => return log_end(peer.address, ended),
        grace = closing => grace,
    };
    // GOAWAY: what is in flight is finished, and nothing new is taken.
    connection.as_mut().graceful_shutdown();
    match grace {
        Some(grace) => match timeout(grace, connection).await {
            Ok(ended) => log_end(peer.address, ended),
            Err(_) => tracing::debug!(peer = %peer.address, "connection closed at the end of its grace"),
        },
        None => log_end(peer.address, connection.await),
    }
}
