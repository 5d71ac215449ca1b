//! What passes between the stages of a pipeline, and what comes back.
//!
//! A stage is a [`Consumer`]: the receiver hands it a [`Payload`] and waits for a [`Reply`], which is
//! what the client is told. Every item of the payload is accounted for in it: accepted, rejected for
//! good with a count, or refused so that the client can send it again.
//!
//! Neighbours: `sluice-otlp` has the payload; receivers call consumers, exporters and the router are consumers.

mod fan_out;
mod refusal;

use std::sync::Arc;

pub use fan_out::FanOut;
use futures_util::future::BoxFuture;
pub use refusal::{Reason, Refusal};
use sluice_otlp::Payload;

/// A later stage of a pipeline: an exporter, a router, a processor with what is behind it.
pub trait Consumer: Send + Sync + 'static {
    /// Takes responsibility for the payload, or says why not.
    ///
    /// `Ok` means that every item was delivered, was stored by a queue that the configuration asks for,
    /// or is counted in [`Accepted::rejected`]. The future may be dropped when the client goes away;
    /// what was accepted by then goes on.
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply>;
}

/// A consumer that several stages share.
pub type SharedConsumer = Arc<dyn Consumer>;

/// What a stage answers.
pub type Reply = Result<Accepted, Refusal>;

/// The payload was taken, all of it or all but what a retry could never deliver (OTLP `partial_success`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Items that were rejected for good; the client must not send them again.
    pub rejected: u64,
    /// Why, for people; empty when nothing was rejected.
    pub message: String,
}

impl Accepted {
    /// Everything was taken.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Everything but `rejected` items was taken.
    #[must_use]
    pub fn partly(rejected: u64, message: impl Into<String>) -> Self {
        Self { rejected, message: message.into() }
    }

    /// Adds what another part of the same request came to. Different messages are joined by `; `.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.rejected += other.rejected;
        if self.message.is_empty() {
            self.message = other.message;
        } else if !other.message.is_empty() && !self.message.contains(&other.message) {
            self.message.push_str("; ");
            self.message.push_str(&other.message);
        }
        self
    }
}
