use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use sluice_listen::Listener;
use sluice_pipeline::SharedConsumer;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::connection::Connections;
use crate::grpc::{Limits, Shared};
use crate::intake::{Budget, Intake};
use crate::metrics::{ConnectionRefusal, ReceiverMetrics};
use crate::settings::GrpcSettings;

/// The first stage of each signal's pipeline; a signal without one is answered `UNIMPLEMENTED`.
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
#[error("receiver {receiver}: {source} (receivers.{receiver}.protocols.grpc.endpoint)")]
pub struct BindError {
    /// The receiver's id.
    pub receiver: String,
    /// What is wrong with its endpoint.
    pub source: sluice_listen::BindError,
}

/// An OTLP receiver: bound, so that clients can connect; they are served once [`serve`](Self::serve) runs.
#[derive(Debug)]
pub struct OtlpReceiver {
    listener: Listener,
    settings: GrpcSettings,
    shared: Arc<Shared>,
}

impl OtlpReceiver {
    /// Listens for OTLP/gRPC. `id` is the receiver's id in the configuration, for metrics and logs.
    ///
    /// # Errors
    /// Says what is wrong with the endpoint, and which key to change.
    pub fn bind(
        id: String,
        settings: GrpcSettings,
        consumers: Consumers,
        metrics: &ReceiverMetrics,
    ) -> Result<Self, BindError> {
        let listener = match Listener::bind(&settings.endpoint) {
            Ok(listener) => listener,
            Err(source) => return Err(BindError { receiver: id, source }),
        };
        let metrics = Arc::new(metrics.handles(&id, "grpc"));
        let largest = settings.max_message_bytes();
        let budget = Budget::new(settings.max_in_flight_bytes, largest, metrics.clone());
        let intake = Intake::new(consumers, metrics.clone());
        let limits = Limits { max_message_bytes: largest, read_timeout: settings.read_timeout };
        let shared = Shared::new(id, settings.auth.clone(), intake, budget, metrics, limits);
        Ok(Self { listener, settings, shared: Arc::new(shared) })
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
        let connections = Arc::new(Connections::new(&self.settings, self.shared.clone(), shutdown.clone()));
        let refusing = connections.clone();
        let refused = move |peer| refusing.refused(peer, ConnectionRefusal::Limit);
        let connected = move |stream, peer| connections.clone().serve(stream, peer);
        self.listener.serve(self.settings.max_connections, shutdown, connected, refused).await?;
        self.shared.finish().await;
        Ok(())
    }
}
