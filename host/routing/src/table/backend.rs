use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join;
use sluice_exporter::{Lane, Ledger, Undelivered};
use sluice_otlp::Part;
use sluice_pipeline::{Accepted, Reason, Refusal};

use super::lookout::Lookout;
use crate::metrics::BackendMetrics;

/// One address that is dialled. It outlives tables: as long as the address is on the ring, its lanes stay.
#[derive(Debug)]
pub(crate) struct Backend {
    address: String,
    metrics: BackendMetrics,
    /// `None` when no client could be made for the address.
    lanes: Option<Lanes>,
}

/// The two ways to a backend, over one connection.
#[derive(Debug)]
pub(crate) struct Lanes {
    /// With the queue and the retries of level 2.
    pub(crate) main: Arc<Lane>,
    /// Without either, for what level 1 tries again itself and has to hear of.
    pub(crate) direct: Arc<Lane>,
    /// Who answers at the end of them.
    pub(crate) lookout: Lookout,
}

/// Which of its lanes a part takes to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    Main,
    Direct,
}

impl Backend {
    pub(crate) fn new(address: &str, metrics: BackendMetrics, lanes: Option<Lanes>) -> Self {
        Self { address: address.to_owned(), metrics, lanes }
    }

    /// What is dialled.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether there is no other backend.
    pub(crate) fn set_alone(&self, is_alone: bool) {
        if let Some(lanes) = &self.lanes {
            lanes.lookout.set_alone(is_alone);
        }
    }

    /// Where losses on the way to it are entered.
    pub(crate) fn ledger(&self) -> Option<&Ledger> {
        self.lanes.as_ref().map(|lanes| &**lanes.main.ledger())
    }

    /// Hands a part to a lane; see [`Lane::send`].
    pub(crate) async fn send(
        &self,
        part: Part,
        via: Via,
        deadline: Option<Instant>,
    ) -> Result<Accepted, Undelivered> {
        let Some(lanes) = &self.lanes else { return Err(undelivered(part, &self.address)) };
        let lane = match via {
            Via::Main => &lanes.main,
            Via::Direct => &lanes.direct,
        };
        let begin = Instant::now();
        let outcome = lane.send(part, deadline).await;
        self.metrics.latency.observe(begin.elapsed().as_secs_f64() * 1e3);
        match &outcome {
            Ok(_) => self.metrics.taken.inc(),
            Err(_) => self.metrics.failed.inc(),
        };
        outcome
    }

    /// The address has left the ring: what waits for it is handed back.
    pub(crate) fn retire(&self) {
        if let Some(lanes) = &self.lanes {
            lanes.main.retire();
            lanes.direct.retire();
        }
    }

    /// Sends what waits, and counts as lost what is left at `until`.
    pub(crate) async fn drain(&self, until: Instant) {
        if let Some(lanes) = &self.lanes {
            join(lanes.main.drain(until), lanes.direct.drain(until)).await;
        }
    }
}

/// A part whose key leads to an address that cannot be dialled.
pub(crate) fn undelivered(part: Part, address: &str) -> Undelivered {
    let refusal = Refusal::new(Reason::Unavailable, no_exporter(address));
    Undelivered { parts: vec![part], refusal, accepted: Accepted::all() }
}

/// The Collector's words when a key leads nowhere.
pub(crate) fn no_exporter(endpoint: &str) -> String {
    format!("couldn't find the exporter for the endpoint \"{endpoint}\"")
}
