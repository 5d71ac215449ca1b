use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use sluice_auth::ServerAuth;
use sluice_listen::Listener;
use sluice_pipeline::SharedConsumer;
use sluice_tls::ServerTls;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::connection::{Connections, Protocol};
use crate::grpc::Grpc;
use crate::http::Http;
use crate::intake::{Budget, Intake};
use crate::metrics::ReceiverMetrics;
use crate::settings::{GrpcSettings, HttpSettings};
use crate::shared::{Limits, Shared};

/// The first stage of each signal's pipeline; a signal without one is answered `UNIMPLEMENTED`, or 404.
#[derive(Clone, Default)]
pub struct Consumers {
    /// Takes spans.
    pub traces: Option<SharedConsumer>,
    /// Takes log records.
    pub logs: Option<SharedConsumer>,
    /// Takes data points.
    pub metrics: Option<SharedConsumer>,
}

impl fmt::Debug for Consumers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signals = [("traces", &self.traces), ("logs", &self.logs), ("metrics", &self.metrics)];
        f.debug_set().entries(signals.iter().filter(|(_, c)| c.is_some()).map(|(name, _)| name)).finish()
    }
}

/// Why a receiver could not listen.
#[derive(Debug, Error)]
#[error("receivers::{receiver}::protocols::{protocol}::endpoint")]
pub struct BindError {
    /// The receiver's id.
    pub receiver: String,
    /// `grpc` or `http`.
    pub protocol: &'static str,
    /// What is wrong with its endpoint.
    pub source: sluice_listen::BindError,
}

/// One server of an OTLP receiver: bound, so that clients can connect; they are served once
/// [`serve`](Self::serve) runs.
#[derive(Debug)]
pub struct OtlpReceiver {
    listener: Listener,
    max_connections: usize,
    tls: Option<ServerTls>,
    server: Server,
}

#[derive(Debug)]
enum Server {
    Grpc(Grpc),
    Http(Http),
}

impl OtlpReceiver {
    /// Listens for OTLP/gRPC. `id` is the receiver's id in the configuration, for metrics and logs.
    ///
    /// # Errors
    /// Says what is wrong with the endpoint, and which key to change.
    pub fn bind_grpc(
        id: String,
        settings: &GrpcSettings,
        consumers: Consumers,
        metrics: &ReceiverMetrics,
    ) -> Result<Self, BindError> {
        let listener = listen(&id, "grpc", &settings.endpoint)?;
        let limits = Limits {
            max_message_bytes: settings.max_message_bytes(),
            read_timeout: Some(settings.read_timeout),
        };
        let auth = settings.auth.clone();
        let shared = share(id, "grpc", auth, limits, settings.max_in_flight_bytes, consumers, metrics);
        let (tls, server) = (settings.tls.clone(), Server::Grpc(Grpc::new(settings, shared)));
        Ok(Self { listener, max_connections: settings.max_connections, tls, server })
    }

    /// Listens for OTLP/HTTP. `id` is the receiver's id in the configuration, for metrics and logs.
    ///
    /// # Errors
    /// Says what is wrong with the endpoint, and which key to change.
    pub fn bind_http(
        id: String,
        settings: &HttpSettings,
        consumers: Consumers,
        metrics: &ReceiverMetrics,
    ) -> Result<Self, BindError> {
        let listener = listen(&id, "http", &settings.endpoint)?;
        let limits =
            Limits { max_message_bytes: settings.max_request_body_size, read_timeout: settings.read_timeout };
        let auth = settings.auth.clone();
        let shared = share(id, "http", auth, limits, settings.max_in_flight_bytes, consumers, metrics);
        let (tls, server) = (settings.tls.clone(), Server::Http(Http::new(settings, shared)));
        Ok(Self { listener, max_connections: settings.max_connections, tls, server })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Serves until `shutdown`; then takes nothing new, finishes what is in flight, and returns. How long
    /// that may take is the caller's to bound: dropping the future closes all connections, while what
    /// consumers have begun to take goes on.
    ///
    /// # Errors
    /// When the runtime cannot watch the socket.
    pub async fn serve(self, shutdown: CancellationToken) -> io::Result<()> {
        let Self { listener, max_connections, tls, server } = self;
        match server {
            Server::Grpc(grpc) => serve(listener, max_connections, tls, grpc, shutdown).await,
            Server::Http(http) => serve(listener, max_connections, tls, http, shutdown).await,
        }
    }
}

fn listen(id: &str, protocol: &'static str, endpoint: &str) -> Result<Listener, BindError> {
    Listener::bind(endpoint).map_err(|source| BindError { receiver: id.to_owned(), protocol, source })
}

/// What the connections of a server share.
fn share(
    id: String,
    transport: &'static str,
    auth: Option<ServerAuth>,
    limits: Limits,
    max_in_flight_bytes: usize,
    consumers: Consumers,
    metrics: &ReceiverMetrics,
) -> Arc<Shared> {
    let metrics = Arc::new(metrics.handles(&id, transport));
    let budget = Budget::new(max_in_flight_bytes, limits.max_message_bytes, metrics.clone());
    let intake = Intake::new(consumers, metrics.clone());
    Arc::new(Shared::new(id, auth, intake, budget, metrics, limits))
}

async fn serve<P: Protocol>(
    listener: Listener,
    max_connections: usize,
    tls: Option<ServerTls>,
    protocol: P,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let shared = protocol.shared().clone();
    let connections = Arc::new(Connections::new(protocol, tls, shutdown.clone()));
    let refusing = connections.clone();
    let refused = move |peer| refusing.refused(peer);
    let connected = move |stream, peer| connections.clone().serve(stream, peer);
    listener.serve(max_connections, shutdown, connected, refused).await?;
    shared.finish().await;
    Ok(())
}
