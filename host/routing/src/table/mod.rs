//! Who has which key, and the way there.

mod backend;
mod keeper;
mod lookout;
mod placement;

use std::sync::Arc;
use std::time::Instant;

use backend::undelivered;
pub(crate) use backend::{Backend, Via, no_exporter};
use futures_util::future::join_all;
pub(crate) use keeper::{Keeper, SERIES_LIFETIME};
pub use placement::Placement;
use sluice_otlp::Part;

use crate::delivery::Gathered;

/// Who has which key, and the way there. Immutable: a change of backends is another table.
#[derive(Debug)]
pub(crate) struct Table {
    placement: Placement,
    /// By the placement's numbers.
    backends: Vec<Arc<Backend>>,
}

impl Table {
    /// A table of one backend for each of the placement's addresses.
    pub(crate) fn new(placement: Placement, backends: Vec<Arc<Backend>>) -> Self {
        debug_assert!(backends.iter().map(|backend| backend.address()).eq(placement.addresses()));
        Self { placement, backends }
    }

    /// Which backend has which key.
    pub(crate) fn placement(&self) -> &Placement {
        &self.placement
    }

    /// All backends, by their numbers.
    pub(crate) fn backends(&self) -> &[Arc<Backend>] {
        &self.backends
    }

    /// The backend of a part that was split by this table.
    pub(crate) fn backend(&self, part: &Part) -> Option<&Backend> {
        self.backends.get(part.bucket as usize).map(Arc::as_ref)
    }

    /// Sends every part to its backend, all at the same time: none waits for another.
    pub(crate) async fn send(&self, parts: Vec<Part>, via: Via, deadline: Option<Instant>) -> Gathered {
        let mut gathered = Gathered::default();
        let mut sending = parts.into_iter().map(|part| async move {
            match self.backend(&part) {
                Some(backend) => backend.send(part, via, deadline).await,
                None => Err(undelivered(part, "")),
            }
        });
        if sending.len() == 1 {
            if let Some(only) = sending.next() {
                gathered.add(only.await);
            }
            return gathered;
        }
        for outcome in join_all(sending).await {
            gathered.add(outcome);
        }
        gathered
    }
}
