//! The receivers, bound before any of them serves.

use std::pin::pin;
use std::time::Instant;

use anyhow::Context;
use sluice_config as config;
use sluice_config::{ComponentId, Config, ReceiverConfig, Signal};
use sluice_receiver::{BindError, Consumers, OtlpReceiver};
use sluice_tls::{Alpn, ServerTls};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::auth::Authenticators;
use super::metrics::Metrics;
use super::pipelines::Pipelines;
use super::{settings, tls};

/// Receivers that have their addresses.
pub(super) struct Receivers(Vec<OtlpReceiver>);

/// Receivers that serve, until they are told to stop.
pub(super) type Serving = JoinSet<std::io::Result<()>>;

impl Receivers {
    /// Binds every receiver that a pipeline names, with each of its protocols.
    pub(super) fn bind(
        config: &Config,
        pipelines: &Pipelines,
        authenticators: &Authenticators,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let mut receivers = Vec::new();
        for (id, receiver) in config.receivers.iter().filter(|(id, _)| is_used(config, id)) {
            let ReceiverConfig::Otlp(receiver) = receiver else { continue };
            let consumers = Consumers {
                traces: pipelines.consumer(id, Signal::Traces),
                logs: pipelines.consumer(id, Signal::Logs),
                metrics: pipelines.consumer(id, Signal::Metrics),
            };
            if let Some(grpc) = &receiver.grpc {
                let place = format!("receivers::{id}::protocols::grpc");
                let auth = authenticators.server(grpc.auth.as_ref())?;
                let tls = secured(&place, grpc.tls.as_ref(), &[Alpn::H2], grpc.max_connections)?;
                let settings = settings::grpc_server(grpc, tls, auth);
                let bound =
                    OtlpReceiver::bind_grpc(id.to_string(), &settings, consumers.clone(), &metrics.receiver);
                receivers.push(listening(id, "grpc", bound)?);
            }
            if let Some(http) = &receiver.http {
                let place = format!("receivers::{id}::protocols::http");
                let auth = authenticators.server(http.auth.as_ref())?;
                let protocols = [Alpn::H2, Alpn::Http11];
                let tls = secured(&place, http.tls.as_ref(), &protocols, http.max_connections)?;
                let settings = settings::http_server(http, tls, auth);
                let bound = OtlpReceiver::bind_http(id.to_string(), &settings, consumers, &metrics.receiver);
                receivers.push(listening(id, "http", bound)?);
            }
        }
        Ok(Self(receivers))
    }

    /// Starts to serve; `stop` ends it, with what is in flight answered first.
    pub(super) fn serve(self, stop: &CancellationToken) -> Serving {
        self.0.into_iter().map(|receiver| receiver.serve(stop.clone())).collect()
    }
}

/// How the connections of the server at `place` are secured.
fn secured(
    place: &str,
    tls: Option<&config::ServerTls>,
    protocols: &[Alpn],
    max_connections: usize,
) -> anyhow::Result<Option<ServerTls>> {
    let tls = tls.map(|tls| tls::server(place, tls, protocols, max_connections));
    tls.transpose().with_context(|| place.to_owned())
}

/// Says where a receiver listens, or why it cannot.
fn listening(
    id: &ComponentId,
    protocol: &str,
    bound: Result<OtlpReceiver, BindError>,
) -> anyhow::Result<OtlpReceiver> {
    let bound = bound?;
    let endpoint = bound.local_addr();
    tracing::info!(server = "receiver", component = %id, protocol, %endpoint, "listening");
    Ok(bound)
}

fn is_used(config: &Config, id: &ComponentId) -> bool {
    config.service.pipelines.iter().any(|pipeline| pipeline.receivers.contains(id))
}

/// Waits until the gateway is told to end. A receiver that ends before is dead: the others go on, and `/health` tells.
pub(super) async fn serve_until(serving: &mut Serving, ending: impl Future<Output = ()>) {
    let mut ending = pin!(ending);
    loop {
        tokio::select! {
            () = &mut ending => return,
            Some(ended) = serving.join_next() => {
                let outcome = ended.map_err(anyhow::Error::new).and_then(|served| Ok(served?));
                let error = outcome.err().map(|error| format!(": {error:#}")).unwrap_or_default();
                sluice_worker::died(format!("a receiver{error}"));
            }
        }
    }
}

/// Waits for the requests in flight, until `until` at the latest; what is still open then is broken off, and its
/// clients send again.
pub(super) async fn finish(mut serving: Serving, until: Instant) -> anyhow::Result<()> {
    let finished = async {
        while let Some(served) = serving.join_next().await {
            served??;
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout_at(until.into(), finished).await {
        Ok(finished) => finished,
        Err(_late) => {
            tracing::warn!(
                "requests are still in flight at the end of shutdown_timeout; they are broken off"
            );
            Ok(())
        }
    }
}
