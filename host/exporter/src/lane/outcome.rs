use std::sync::Arc;

use sluice_otlp::Part;
use sluice_pipeline::{Accepted, Refusal};
use thiserror::Error;

use crate::ExportError;

/// What [`Lane::send`](super::Lane::send) could not deliver; the sender has it again.
#[derive(Debug, Error)]
#[error("{refusal}")]
pub struct Undelivered {
    /// Exactly what was not delivered.
    pub parts: Vec<Part>,
    /// Why, and when to try again.
    pub refusal: Refusal,
    /// What the rest of the part came to, where a part was halved and one half was delivered.
    pub accepted: Accepted,
}

/// Takes what a lane had stored and gives up on. It must not block; from then on the items are its own.
pub type HandBack = Arc<dyn Fn(Vec<Part>, GiveUp) + Send + Sync>;

/// Why a lane gives up on what it had stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GiveUp {
    /// The backend did not take it in all the time that `max_elapsed_time` allows.
    #[error("no more retries left: {0}")]
    RetriesExhausted(ExportError),
    /// The lane was retired.
    #[error("the backend is no longer in use")]
    Retired,
}
