//! From payloads to parts.

mod origins;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use sluice_auth::ClientAuth;
use sluice_exporter::{Ledger, Loss, by_sender};
use sluice_otlp::{Oversize, Part, Payload, Request, SenderHeaders, Signal, split};
use sluice_pipeline::Accepted;
use sluice_plugin::Keys;

use crate::settings::RoutingKeys;
use crate::table::Table;

/// Turns a payload into one part, or several where it is large, for each backend that has some of its keys.
#[derive(Debug)]
pub(crate) struct Router {
    exporter: String,
    keys: RoutingKeys,
    max_request_bytes: usize,
    /// What completes the headers of requests to backends.
    auth: Option<ClientAuth>,
    /// For items that have no backend.
    ledger: Arc<Ledger>,
}

/// A payload by backends.
#[derive(Debug, Default)]
pub(crate) struct Routed {
    /// Numbered by the table that routed them.
    pub(crate) parts: Vec<Part>,
    /// What was rejected on the way.
    pub(crate) accepted: Accepted,
}

impl Router {
    pub(crate) fn new(
        exporter: &str,
        keys: RoutingKeys,
        max_request_bytes: usize,
        auth: Option<ClientAuth>,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self { exporter: exporter.to_owned(), keys, max_request_bytes, auth, ledger }
    }

    /// One of the signals that are routed.
    pub(crate) fn a_signal(&self) -> Option<Signal> {
        self.keys.a_signal()
    }

    /// Asks the plugin for the keys, and splits by the backends that have them; and by what of the senders' headers
    /// is to be sent on. What was routed before comes with that (`sender`).
    pub(crate) fn route(&self, table: &Table, payload: Payload, sender: Option<SenderHeaders>) -> Routed {
        if payload.items() == 0 {
            return Routed::default();
        }
        if sender.is_some() {
            return self.route_one(table, &payload, sender);
        }
        let (signal, items) = (payload.signal(), payload.items() as u64);
        let sent = match by_sender(self.auth.as_ref(), payload) {
            Ok(sent) => sent,
            Err(error) => return self.rejected(signal, items, error.to_string()),
        };
        let mut routed = Routed::default();
        for (sender, payload) in sent {
            let more = match sender {
                Ok(sender) => self.route_one(table, &payload, sender),
                Err(ambiguous) => self.rejected(signal, payload.items() as u64, ambiguous.to_string()),
            };
            routed.parts.extend(more.parts);
            routed.accepted = routed.accepted.and(more.accepted);
        }
        routed
    }

    fn route_one(&self, table: &Table, payload: &Payload, sender: Option<SenderHeaders>) -> Routed {
        let Some(key) = self.keys.of(payload.signal()) else {
            let message = format!("{} has no routing key for {}", self.exporter, payload.signal());
            return self.rejected(payload.signal(), payload.items() as u64, message);
        };
        let keep_metadata = key.reads_requests();
        let mut routed = self.split(table, payload, key.keys(payload, now_unix_nanos()), keep_metadata);
        for part in &mut routed.parts {
            part.sender.clone_from(&sender);
        }
        routed
    }

    fn rejected(&self, signal: Signal, items: u64, message: String) -> Routed {
        Routed { parts: Vec::new(), accepted: self.reject(signal, items, message) }
    }

    fn split(&self, table: &Table, payload: &Payload, mut keys: Keys, keep_metadata: bool) -> Routed {
        let mut accepted = Accepted::all();
        if keys.rejected > 0 {
            // The plugin's host has logged and counted it.
            accepted = Accepted::partly(keys.rejected.into(), std::mem::take(&mut keys.rejection));
        }
        let buckets = table.placement().buckets(keys);
        let mut split = split(&payload.request, &buckets, table.backends().len(), self.max_request_bytes);
        if keep_metadata {
            origins::attach(payload, &buckets, &mut split);
        }
        for oversize in split.oversize {
            accepted = accepted.and(self.leave_out(table, payload.signal(), oversize));
        }
        Routed { parts: split.parts, accepted }
    }

    /// Counts what alone is larger than a request may be.
    fn leave_out(&self, table: &Table, signal: Signal, oversize: Oversize) -> Accepted {
        let Oversize { bucket, bytes, items } = oversize;
        let message = format!("an item of {bytes} bytes is larger than a request may be");
        let backend = table.backends().get(bucket as usize);
        let ledger = backend.and_then(|backend| backend.ledger()).unwrap_or(&self.ledger);
        ledger.lost(signal, items.into(), Loss::TooLarge, message.as_str());
        Accepted::partly(items.into(), message)
    }

    /// Counts items that no backend can be found for.
    fn reject(&self, signal: Signal, items: u64, message: String) -> Accepted {
        self.ledger.lost(signal, items, Loss::Rejected, message.as_str());
        Accepted::partly(items, message)
    }

    /// What a part says, as a payload that can be routed again.
    ///
    /// # Errors
    /// A part that is no request is a bug of ours; its items are counted as rejected all the same.
    pub(crate) fn payload_of(&self, part: Part) -> Result<Payload, Accepted> {
        let (signal, items) = (part.signal, u64::from(part.items));
        match Request::scan(signal, part.body) {
            Ok(request) => Ok(origins::restore(request, part.metadata.as_deref())),
            Err(error) => Err(self.reject(signal, items, error.to_string())),
        }
    }
}

fn now_unix_nanos() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
