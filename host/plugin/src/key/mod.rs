//! A routing key in use: payloads in, a key for each leaf out.

mod answer;
mod ask;
mod check;
mod complaints;
mod fallback;
mod generation;
mod leaves;
mod plan;
pub(crate) mod sample;
mod self_check;
mod spell;

use std::sync::Arc;

use arc_swap::ArcSwap;
use ask::Asking;
pub(crate) use ask::bytes;
pub(crate) use generation::Generation;
use sluice_otlp::columns::BytesColumn;
use sluice_otlp::{Payload, Signal};

/// What becomes of an item for which the plugin fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The host makes a key: the trace id's 16 bytes where the item has one, else the encoded resource.
    #[default]
    Fallback,
    /// The item is rejected, and the sender told so.
    Reject,
}

/// Where the items of a payload belong: items with the same key meet at the same backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The keys, several of them perhaps equal.
    pub keys: BytesColumn,
    /// For each leaf of the payload its row in `keys`, or [`Keys::REJECTED`].
    pub of_leaf: Vec<u32>,
    /// How many leaves are rejected.
    pub rejected: u32,
    /// Why, for the sender; empty where none is.
    pub rejection: String,
}

impl Keys {
    /// In place of a row: the leaf has no key, and is to go nowhere.
    pub const REJECTED: u32 = u32::MAX;

    /// A leaf's key; `None` where it is rejected, or there is no such leaf.
    #[must_use]
    pub fn key(&self, leaf: usize) -> Option<&[u8]> {
        let row = *self.of_leaf.get(leaf)? as usize;
        let (start, end) = (*self.keys.offsets.get(row)?, *self.keys.offsets.get(row.checked_add(1)?)?);
        self.keys.data.get(start as usize..end as usize)
    }
}

/// A plugin that was configured for one signal and is asked for the keys of payloads.
///
/// Whatever the plugin does, [`keys`](Self::keys) comes back in bounded time with an answer for every
/// leaf:
///
/// - A failed call (a trap, the deadline, too much memory, an answer that breaks the contract, an error of
///   the plugin's own) is made again in halves, down to the row at fault, so that its items alone get
///   `on_error`. A request pays for at most 64 more calls.
/// - Time lost in failed calls is limited to four deadlines a request. After three, what fails is not
///   halved any more; after four, all that is left gets `on_error` without a call.
/// - A plugin that wasted three deadlines on one request is not asked at all for one second, then twice as
///   long each time it does so again, up to one minute; `on_error` applies meanwhile. Then one request tries it.
///   A reload tries the new one at once.
pub struct RoutingKey {
    name: Arc<str>,
    signal: Signal,
    settings: String,
    on_error: OnError,
    current: ArcSwap<Generation>,
}

impl RoutingKey {
    pub(crate) fn new(generation: Generation, settings: String, on_error: OnError) -> Self {
        Self {
            name: generation.plugin_name(),
            signal: generation.signal(),
            settings,
            on_error,
            current: ArcSwap::from_pointee(generation),
        }
    }

    /// Keys for the leaves of a payload of this key's signal.
    ///
    /// Synchronous and pure computation: microseconds for a batch, and bounded as the type's documentation
    /// says. A swap of the plugin meanwhile changes nothing; the call ends on what it began with.
    #[must_use]
    pub fn keys(&self, payload: &Payload, now_unix_nanos: u64) -> Keys {
        Asking::new(&self.current.load(), self.on_error, payload, now_unix_nanos).keys()
    }

    /// Which load of the plugin is in use, from 1.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.current.load().epoch()
    }

    /// The plugin's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The signal that it keys.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.signal
    }

    pub(crate) fn settings(&self) -> &str {
        &self.settings
    }

    /// Whether the keys depend on what is known of client requests beside their bodies, such as headers.
    #[must_use]
    pub fn reads_requests(&self) -> bool {
        self.current.load().reads_requests()
    }

    /// Puts a new load in place. Calls under way end on the old one, which goes with the last of them.
    pub(crate) fn swap(&self, generation: Generation) {
        self.current.store(Arc::new(generation));
    }
}

impl std::fmt::Debug for RoutingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoutingKey")
            .field("name", &self.name)
            .field("signal", &self.signal)
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}
