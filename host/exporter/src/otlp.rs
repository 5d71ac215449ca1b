use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_auth::ClientAuth;
use sluice_otlp::{Part, Payload, Split, cut};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};

use crate::{
    Client, ClientError, ClientSettings, ExporterMetrics, Lane, LaneName, LaneSettings, Ledger, Loss,
    by_sender,
};

/// One OTLP/gRPC endpoint: the `otlp` (`otlp_grpc`) exporter.
#[derive(Debug)]
pub struct OtlpExporter {
    lane: Arc<Lane>,
    auth: Option<ClientAuth>,
    max_request_bytes: usize,
}

impl OtlpExporter {
    /// Opens the way to `endpoint`; `id` is the exporter's in the configuration. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the endpoint or the settings cannot be meant.
    pub fn start(
        id: String,
        endpoint: &str,
        client: &ClientSettings,
        settings: Arc<LaneSettings>,
        metrics: ExporterMetrics,
    ) -> Result<Self, ClientError> {
        let client = Client::new(endpoint, client)?;
        let auth = client.auth().cloned();
        let name = LaneName { exporter: id, endpoint: endpoint.to_owned() };
        let max_request_bytes = settings.max_request_bytes;
        let drop_rest = Ledger::dropping(&name, &metrics);
        Ok(Self { lane: Lane::start(name, client, settings, metrics, drop_rest), auth, max_request_bytes })
    }

    /// Sends what is held; what is left at `until` is counted as lost and logged.
    pub async fn drain(&self, until: Instant) {
        self.lane.drain(until).await;
    }

    async fn export(&self, payload: Payload) -> Reply {
        let (signal, deadline) = (payload.signal(), payload.deadline);
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
        let sent = self.lane.send_all(all, deadline).await;
        let mut accepted = sent.map_err(|undelivered| undelivered.refusal)?;
        // Only now: a sender that is refused still has them, and would have them counted again.
        for (items, reason, error) in rejected {
            self.lane.ledger().lost(signal, items, reason, &error);
            accepted = accepted.and(Accepted::partly(items, error));
        }
        Ok(accepted)
    }
}

impl Consumer for OtlpExporter {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.export(payload).boxed()
    }
}
