//! One payload on its way, and when what failed of it is tried again.

mod gathered;
mod pacing;

use std::sync::Arc;
use std::time::Instant;

pub(crate) use gathered::Gathered;
pub(crate) use pacing::Pacing;
use sluice_exporter::{Ledger, Loss};
use sluice_otlp::{Part, Payload, SenderHeaders};
use sluice_pipeline::{Accepted, Refusal};

use crate::shared::Shared;
use crate::table::{Table, Via};

/// One payload, or what a lane handed back, on its way to the backends: what it came to so far, and what remains.
///
/// Each attempt sends what remains, routed by the table of now. What was accepted or rejected for good does
/// not remain, so no attempt repeats it.
#[derive(Debug)]
pub(crate) struct Delivery {
    accepted: Accepted,
    taken: bool,
    remains: Remains,
}

#[derive(Debug)]
enum Remains {
    Nothing,
    /// Not routed yet.
    Payload(Payload),
    /// Handed back by the lane whose ledger this is.
    Returned(Vec<Part>, Arc<Ledger>),
    /// Routed by this table.
    Routed(Vec<Part>, Arc<Table>),
}

impl Delivery {
    /// Everything remains.
    pub(crate) fn of(payload: Payload) -> Self {
        Self { accepted: Accepted::all(), taken: false, remains: Remains::Payload(payload) }
    }

    /// What a lane had taken and could not deliver.
    pub(crate) fn of_returned(parts: Vec<Part>, lane: Arc<Ledger>) -> Self {
        Self { accepted: Accepted::all(), taken: true, remains: Remains::Returned(parts, lane) }
    }

    /// What was rejected for good.
    pub(crate) fn into_accepted(self) -> Accepted {
        self.accepted
    }

    /// Whether a backend or its queue has taken something of it.
    pub(crate) fn was_taken(&self) -> bool {
        self.taken
    }

    /// Sends what remains.
    ///
    /// # Errors
    /// When something remains that may be sent again.
    pub(crate) async fn attempt(
        &mut self,
        shared: &Shared,
        via: Via,
        deadline: Option<Instant>,
    ) -> Result<(), Refusal> {
        loop {
            let table = shared.table();
            if table.placement().ring().is_empty() {
                return Err(shared.no_endpoints());
            }
            let parts = self.route(shared, &table);
            let gathered = table.send(parts, via, deadline).await;
            self.taken |= gathered.taken;
            self.accept(gathered.accepted);
            let Some(refusal) = gathered.refusal else { return Ok(()) };
            let is_current = shared.is_current(&table);
            self.remains = Remains::Routed(gathered.left, table);
            if is_current {
                return Err(refusal);
            }
            // The lanes may have been retired under us; where the keys belong now is another matter.
        }
    }

    /// Takes what remains, in parts for the backends of `table`.
    fn route(&mut self, shared: &Shared, table: &Arc<Table>) -> Vec<Part> {
        let parts = match std::mem::replace(&mut self.remains, Remains::Nothing) {
            Remains::Nothing => return Vec::new(),
            Remains::Routed(parts, routed_by) if Arc::ptr_eq(&routed_by, table) => return parts,
            Remains::Payload(payload) => return self.route_payload(shared, table, payload, None),
            Remains::Routed(parts, _) | Remains::Returned(parts, _) => parts,
        };
        let mut routed = Vec::with_capacity(parts.len());
        for part in parts {
            let sender = part.sender.clone();
            match shared.router().payload_of(part) {
                Ok(payload) => routed.extend(self.route_payload(shared, table, payload, sender)),
                Err(rejected) => self.accept(rejected),
            }
        }
        routed
    }

    fn route_payload(
        &mut self,
        shared: &Shared,
        table: &Table,
        payload: Payload,
        sender: Option<SenderHeaders>,
    ) -> Vec<Part> {
        let routed = shared.router().route(table, payload, sender);
        self.accept(routed.accepted);
        routed.parts
    }

    fn accept(&mut self, accepted: Accepted) {
        self.accepted = std::mem::take(&mut self.accepted).and(accepted);
    }

    /// Gives up on what remains: it is counted as lost, and logged.
    pub(crate) fn lose(self, shared: &Shared, reason: Loss, error: &str) {
        let unbound = shared.ledger();
        match self.remains {
            Remains::Nothing => {}
            Remains::Payload(payload) => {
                unbound.lost(payload.signal(), payload.items() as u64, reason, error)
            }
            Remains::Returned(parts, lane) => count_lost(&parts, &lane, reason, error),
            Remains::Routed(parts, table) => {
                for part in parts {
                    let ledger = table.backend(&part).and_then(|backend| backend.ledger()).unwrap_or(unbound);
                    ledger.lost(part.signal, part.items.into(), reason, error);
                }
            }
        }
    }
}

/// Enters parts as lost.
pub(crate) fn count_lost(parts: &[Part], ledger: &Ledger, reason: Loss, error: &str) {
    for part in parts {
        ledger.lost(part.signal, part.items.into(), reason, error);
    }
}
