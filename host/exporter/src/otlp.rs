use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use sluice_auth::ClientAuth;
use sluice_otlp::{Part, Payload, Signal, Split, cut};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};

use crate::{
    Client, ClientError, ClientSettings, ExporterMetrics, HttpClientSettings, Lane, LaneName, LaneSettings,
    Ledger, Loss, SignalUrl, by_sender,
};

/// The `otlp_grpc` (`otlp`) and `otlp_http` (`otlphttp`) exporters: everything goes to one backend, or all of a signal
/// does.
#[derive(Debug)]
pub struct OtlpExporter {
    /// One for each server, with the signals that it gets.
    lanes: Vec<(Vec<Signal>, Arc<Lane>)>,
    auth: Option<ClientAuth>,
    max_request_bytes: usize,
}

impl OtlpExporter {
    /// Opens the way to `endpoint` by OTLP/gRPC; `id` is the exporter's in the configuration. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the endpoint or the settings cannot be meant.
    pub fn grpc(
        id: String,
        endpoint: &str,
        client: &ClientSettings,
        settings: Arc<LaneSettings>,
        metrics: ExporterMetrics,
    ) -> Result<Self, ClientError> {
        let client = Client::grpc(endpoint, client)?;
        let auth = client.auth().cloned();
        let name = LaneName { exporter: id, endpoint: endpoint.to_owned() };
        let max_request_bytes = settings.max_request_bytes;
        let lane = lane(name, client, settings, metrics);
        Ok(Self { lanes: vec![(Signal::ALL.to_vec(), lane)], auth, max_request_bytes })
    }

    /// Opens the way to `urls` by OTLP/HTTP; `id` is the exporter's in the configuration. Signals whose URLs are of one
    /// server share its queue; where there are several servers, each is named behind the id in metrics, so that one that
    /// is dead holds up no other. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be meant.
    pub fn http(
        id: &str,
        urls: &[(Signal, SignalUrl)],
        client: &HttpClientSettings,
        settings: &Arc<LaneSettings>,
        metrics: &ExporterMetrics,
    ) -> Result<Self, ClientError> {
        let servers = by_server(urls);
        let mut lanes = Vec::new();
        for urls in &servers {
            let signals = urls.iter().map(|(signal, _)| *signal).collect();
            let url = urls.first().map(|(_, url)| url);
            let exporter = match url.filter(|_| servers.len() > 1) {
                Some(url) => format!("{id}/{}", url.authority()),
                None => id.to_owned(),
            };
            let name = LaneName { exporter, endpoint: url.map(SignalUrl::origin).unwrap_or_default() };
            let client = Client::http(urls, client)?;
            lanes.push((signals, lane(name, client, Arc::clone(settings), metrics.clone())));
        }
        Ok(Self { lanes, auth: client.auth.clone(), max_request_bytes: settings.max_request_bytes })
    }

    /// Sends what is held; what is left at `until` is counted as lost and logged.
    pub async fn drain(&self, until: Instant) {
        join_all(self.lanes.iter().map(|(_, lane)| lane.drain(until))).await;
    }

    async fn export(&self, payload: Payload) -> Reply {
        let (signal, deadline) = (payload.signal(), payload.deadline);
        let Some((_, lane)) = self.lanes.iter().find(|(signals, _)| signals.contains(&signal)) else {
            let message = format!("the exporter has no endpoint for {signal}");
            return Err(Refusal::new(Reason::Unavailable, message));
        };
        let mut all = Vec::new();
        let mut rejected = Vec::new();
        let sent = by_sender(self.auth.as_ref(), payload)
            .map_err(|error| Refusal::new(Reason::Malformed, error.to_string()))?;
        for (sender, payload) in sent {
            let sender = match sender {
                Ok(sender) => sender,
                Err(error) => {
                    rejected.push((payload.items() as u64, Loss::Rejected, error.to_string()));
                    continue;
                }
            };
            let Split { parts, oversize } = cut(&payload.request, self.max_request_bytes);
            all.extend(parts.into_iter().map(|part| Part { sender: sender.clone(), ..part }));
            rejected.extend(oversize.into_iter().map(|item| {
                let error = format!("an item of {} bytes is larger than max_request_bytes", item.bytes);
                (u64::from(item.items), Loss::TooLarge, error)
            }));
        }
        let sent = lane.send_all(all, deadline).await;
        let mut accepted = sent.map_err(|undelivered| undelivered.refusal)?;
        // Only now: a sender that is refused still has them, and would have them counted again.
        for (items, reason, error) in rejected {
            lane.ledger().lost(signal, items, reason, &error);
            accepted = accepted.and(Accepted::partly(items, error));
        }
        Ok(accepted)
    }
}

/// A lane with nothing behind it: what it gives up on is lost.
fn lane(name: LaneName, client: Client, settings: Arc<LaneSettings>, metrics: ExporterMetrics) -> Arc<Lane> {
    let drop_rest = Ledger::dropping(&name, &metrics);
    Lane::start(name, client, settings, metrics, drop_rest)
}

/// The URLs of each server together.
fn by_server(urls: &[(Signal, SignalUrl)]) -> Vec<Vec<(Signal, SignalUrl)>> {
    let mut servers: Vec<Vec<(Signal, SignalUrl)>> = Vec::new();
    for (signal, url) in urls {
        let is_same = |of: &&mut Vec<(Signal, SignalUrl)>| {
            of.first().is_some_and(|(_, first)| first.origin() == url.origin())
        };
        match servers.iter_mut().find(is_same) {
            Some(server) => server.push((*signal, url.clone())),
            None => servers.push(vec![(*signal, url.clone())]),
        }
    }
    servers
}

impl Consumer for OtlpExporter {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.export(payload).boxed()
    }
}
