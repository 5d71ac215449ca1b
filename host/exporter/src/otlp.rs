use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_otlp::{Payload, Split, cut};
use sluice_pipeline::{Accepted, Consumer, Reply};

use crate::{
    Client, ClientError, ClientSettings, ExporterMetrics, Lane, LaneName, LaneSettings, Ledger, Loss,
};

/// One OTLP/gRPC endpoint: the `otlp` (`otlp_grpc`) exporter.
#[derive(Debug)]
pub struct OtlpExporter {
    lane: Arc<Lane>,
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
        let name = LaneName { exporter: id, endpoint: endpoint.to_owned() };
        let max_request_bytes = settings.max_request_bytes;
        let drop_rest = Ledger::dropping(&name, &metrics);
        Ok(Self { lane: Lane::start(name, client, settings, metrics, drop_rest), max_request_bytes })
    }

    /// Sends what is held; what is left at `until` is counted as lost and logged.
    pub async fn drain(&self, until: Instant) {
        self.lane.drain(until).await;
    }

    async fn export(&self, payload: Payload) -> Reply {
        let Split { parts, oversize } = cut(&payload.request, self.max_request_bytes);
        let sent = self.lane.send_all(parts, payload.deadline).await;
        let mut accepted = sent.map_err(|undelivered| undelivered.refusal)?;
        // Only now: a sender that is refused still has them, and would have them counted again.
        for item in oversize {
            let error = format!("an item of {} bytes is larger than max_request_bytes", item.bytes);
            self.lane.ledger().lost(payload.signal(), item.items.into(), Loss::TooLarge, &error);
            accepted = accepted.and(Accepted::partly(item.items.into(), error));
        }
        Ok(accepted)
    }
}

impl Consumer for OtlpExporter {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.export(payload).boxed()
    }
}
