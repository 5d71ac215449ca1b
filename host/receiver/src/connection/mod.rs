//! Connections, whatever is spoken on them: from their first bytes to their end.

mod activity;
mod http2;
mod linger;
mod opening;
mod replay;
mod stalled;

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluice_tls::{HandshakeError, HandshakeFailure, ServerTls};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

pub(crate) use self::activity::Activity;
pub(crate) use self::http2::{Http2Settings, builder as http2_builder, drive as drive_http2};
pub(crate) use self::linger::linger;
pub(crate) use self::opening::{Opening, Spoken};
pub(crate) use self::stalled::Stalled;
use crate::metrics::ConnectionRefusal;
use crate::shared::Shared;
use crate::throttle::Throttle;

/// All headers of a request together; grpc-go allows 16 MiB and Go's HTTP server 1 MiB, which nobody needs.
pub(crate) const MAX_HEADER_BYTES: u32 = 64 * 1024;

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

/// What is spoken on the connections of a server.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// What the connections share.
    fn shared(&self) -> &Arc<Shared>;

    /// Serves a connection, any stream of bytes, until it ends; after `shutdown` it takes nothing new.
    fn serve<IO>(
        &self,
        stream: IO,
        peer: Arc<Peer>,
        shutdown: &CancellationToken,
    ) -> impl Future<Output = ()> + Send
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static;
}

/// How a server treats its connections.
#[derive(Debug)]
pub(crate) struct Connections<P> {
    protocol: P,
    tls: Option<ServerTls>,
    shutdown: CancellationToken,
    /// One per reason.
    log: [Throttle; ConnectionRefusal::ALL.len()],
}

impl<P: Protocol> Connections<P> {
    pub(crate) fn new(protocol: P, tls: Option<ServerTls>, shutdown: CancellationToken) -> Self {
        let log = std::array::from_fn(|_| Throttle::new(LOG_PERIOD));
        Self { protocol, tls, shutdown, log }
    }

    /// Serves a connection until it ends.
    pub(crate) async fn serve(self: Arc<Self>, stream: TcpStream, address: SocketAddr) {
        // Replies are small; each must leave at once. Fails only for a connection that is gone.
        let _ = stream.set_nodelay(true);
        let peer = Arc::new(Peer::new(address));
        let open = self.protocol.shared().metrics.connections.clone();
        open.inc();
        match &self.tls {
            None => self.protocol.serve(stream, peer, &self.shutdown).await,
            Some(tls) => tokio::select! {
                shaken = tls.accept(stream) => match shaken {
                    Ok(stream) => self.protocol.serve(stream, peer, &self.shutdown).await,
                    Err(error) => self.handshake_failed(address, &error),
                },
                // A client that has not said anything yet is not waited for.
                () = self.shutdown.cancelled() => {}
            },
        }
        open.dec();
    }

    fn handshake_failed(&self, peer: SocketAddr, error: &HandshakeError) {
        let refusal = ConnectionRefusal::of_handshake(error.failure);
        let shared = self.protocol.shared();
        shared.metrics.count_refused(refusal);
        let (receiver, reason) = (&*shared.id, refusal.as_str());
        if error.failure == HandshakeFailure::Closed {
            // Probes of ports do it all the time.
            tracing::debug!(receiver, %peer, reason, %error, "TLS handshake failed");
        } else if let Some(more) = self.log[refusal as usize].pass(Instant::now()) {
            tracing::warn!(receiver, %peer, reason, %error, more, "TLS handshake failed");
        }
    }

    /// A connection above `max_connections`.
    pub(crate) fn refused(&self, peer: SocketAddr) {
        refused(self.protocol.shared(), peer, ConnectionRefusal::Limit);
    }
}

/// A connection that could not send a request.
pub(crate) fn refused(shared: &Shared, peer: SocketAddr, refusal: ConnectionRefusal) {
    shared.metrics.count_refused(refusal);
    tracing::debug!(receiver = shared.id, %peer, reason = refusal.as_str(), "connection refused");
}

/// What `wait` waits for, or for ever where there is no limit.
pub(crate) async fn after<F: Future<Output = ()>>(limit: Option<Duration>, wait: impl FnOnce(Duration) -> F) {
    match limit {
        Some(limit) => wait(limit).await,
        None => pending().await,
    }
}

/// A connection has ended by itself.
pub(crate) fn log_end(peer: SocketAddr, ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended");
    }
}
