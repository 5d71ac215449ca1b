//! One connection: from its first bytes to its end.

mod activity;
mod preface;
mod replay;

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use sluice_tls::{HandshakeError, HandshakeFailure, ServerTls};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::activity::Activity;
use self::replay::Replay;
use crate::grpc::{Service, Shared};
use crate::metrics::ConnectionRefusal;
use crate::settings::{GrpcSettings, ServerParameters};
use crate::throttle::Throttle;

/// All headers of a request together; grpc-go allows 16 MiB, which nobody needs.
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// What a client may send before we have read it, per connection. Messages are read as they come, so that
/// this is in use only while a worker is busy; it lets a request of 4 MiB flow without waiting.
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;
/// The same per request.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;

/// How long a client may take to say that it speaks HTTP/2. hyper itself would wait for ever.
const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);

/// At most one line per reason in this time.
const LOG_PERIOD: Duration = Duration::from_secs(10);

/// Who is at the other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Unique in the process, the same for all requests of the connection.
    pub(crate) number: u64,
    pub(crate) activity: Activity,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Self { address, number: NUMBER.fetch_add(1, Ordering::Relaxed), activity: Activity::new() }
    }
}

/// How a server treats its connections.
#[derive(Debug)]
pub(crate) struct Connections {
    http2: http2::Builder<TokioExecutor>,
    tls: Option<ServerTls>,
    keepalive: ServerParameters,
    shared: Arc<Shared>,
    shutdown: CancellationToken,
    /// One per reason.
    log: [Throttle; ConnectionRefusal::ALL.len()],
}

impl Connections {
    pub(crate) fn new(settings: &GrpcSettings, shared: Arc<Shared>, shutdown: CancellationToken) -> Self {
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(settings.max_concurrent_streams)
            .max_header_list_size(MAX_HEADER_BYTES)
            .max_frame_size(settings.read_buffer_size.clamp(16 * 1024, (1 << 24) - 1))
            .max_send_buf_size(settings.write_buffer_size)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(settings.keepalive.time)
            .keep_alive_timeout(settings.keepalive.timeout)
            // gRPC has no use for it.
            .auto_date_header(false);
        let log = std::array::from_fn(|_| Throttle::new(LOG_PERIOD));
        Self {
            http2,
            tls: settings.tls.clone(),
            keepalive: settings.keepalive.clone(),
            shared,
            shutdown,
            log,
        }
    }

    /// Serves a connection until it ends.
    pub(crate) async fn serve(self: Arc<Self>, stream: TcpStream, address: SocketAddr) {
        // Replies are small; each must leave at once. Fails only for a connection that is gone.
        let _ = stream.set_nodelay(true);
        let peer = Arc::new(Peer::new(address));
        let open = self.shared.metrics().connections.clone();
        open.inc();
        match &self.tls {
            None => self.serve_stream(stream, peer).await,
            Some(tls) => tokio::select! {
                shaken = tls.accept(stream) => match shaken {
                    Ok(stream) => self.serve_stream(stream, peer).await,
                    Err(error) => self.handshake_failed(address, &error),
                },
                // A client that has not said anything yet is not waited for.
                () = self.shutdown.cancelled() => {}
            },
        }
        open.dec();
    }

    async fn serve_stream<IO>(&self, mut stream: IO, peer: Arc<Peer>)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match preface::read(&mut stream, PREFACE_TIMEOUT).await {
            Ok(preface) => self.serve_http2(Replay::new(preface, stream), peer).await,
            Err(refusal) => self.refused(peer.address, refusal),
        }
    }

    async fn serve_http2<IO>(&self, stream: IO, peer: Arc<Peer>)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = Service { shared: self.shared.clone(), peer: peer.clone() };
        let mut connection = pin!(self.http2.serve_connection(TokioIo::new(stream), service));
        let grace = tokio::select! {
            ended = connection.as_mut() => return log_end(peer.address, ended),
            grace = self.closing(&peer) => grace,
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

    /// Waits until the connection should be closed; answers with how long that may take.
    async fn closing(&self, peer: &Peer) -> Option<Duration> {
        tokio::select! {
            () = self.shutdown.cancelled() => None,
            () = after(self.keepalive.max_connection_idle, |idle| peer.activity.idle_for(idle)) => None,
            () = after(self.keepalive.max_connection_age, sleep) => self.keepalive.max_connection_age_grace,
        }
    }

    fn handshake_failed(&self, peer: SocketAddr, error: &HandshakeError) {
        let refusal = ConnectionRefusal::of_handshake(error.failure);
        self.shared.metrics().count_refused(refusal);
        let (receiver, reason) = (self.shared.id(), refusal.as_str());
        if error.failure == HandshakeFailure::Closed {
            // Probes of ports do it all the time.
            tracing::debug!(receiver, %peer, reason, %error, "TLS handshake failed");
        } else if let Some(more) = self.log[refusal as usize].pass(Instant::now()) {
            tracing::warn!(receiver, %peer, reason, %error, more, "TLS handshake failed");
        }
    }

    /// A connection that could not send a request.
    pub(crate) fn refused(&self, peer: SocketAddr, refusal: ConnectionRefusal) {
        self.shared.metrics().count_refused(refusal);
        tracing::debug!(receiver = self.shared.id(), %peer, reason = refusal.as_str(), "connection refused");
    }
}

/// What `wait` waits for, or for ever where there is no limit.
async fn after<F: Future<Output = ()>>(limit: Option<Duration>, wait: impl FnOnce(Duration) -> F) {
    match limit {
        Some(limit) => wait(limit).await,
        None => pending().await,
    }
}

fn log_end(peer: SocketAddr, ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended");
    }
}
