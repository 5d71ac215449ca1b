use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_otlp::{SenderHeaders, Signal};
use sluice_pipeline::Accepted;

use super::{LaneSettings, Ledger};
use crate::{Chunks, Client, ExportError};

/// Makes single attempts and enters in the books what was delivered.
#[derive(Debug)]
pub(super) struct Courier {
    client: Client,
    pub(super) settings: Arc<LaneSettings>,
    pub(super) ledger: Arc<Ledger>,
}

impl Courier {
    pub(super) fn new(client: Client, settings: Arc<LaneSettings>, ledger: Arc<Ledger>) -> Self {
        Self { client, settings, ledger }
    }

    /// One attempt, which ends by `deadline` too.
    pub(super) async fn attempt(
        &self,
        signal: Signal,
        chunks: Chunks,
        items: u64,
        deadline: Option<Instant>,
        sender: Option<&SenderHeaders>,
    ) -> Result<Accepted, ExportError> {
        let _counted = self.ledger.series().in_flight();
        let mut accepted = self.client.export(signal, chunks, self.timeout(deadline), sender).await?;
        accepted.rejected = accepted.rejected.min(items);
        self.ledger.answered(signal, items, &accepted);
        Ok(accepted)
    }

    fn timeout(&self, deadline: Option<Instant>) -> Duration {
        // Zero would mean without end; a deadline that is over allows one more moment instead.
        let left = deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
        match (self.settings.timeout, left) {
            (Duration::ZERO, Some(left)) => left,
            (timeout, Some(left)) => timeout.min(left),
            (timeout, None) => timeout,
        }
    }
}
