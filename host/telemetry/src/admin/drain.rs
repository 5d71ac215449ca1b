use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::http1::Peer;

/// How far a gateway is that was told to leave service.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Draining {
    /// How many requests have come so far, since the start.
    pub requests: u64,
    /// Traces that are not decided.
    pub held_traces: u64,
}

/// Makes the gateway unready, if it is not yet, and says how far it is.
pub type Drain = Arc<dyn Fn() -> Draining + Send + Sync>;

/// Whoever reaches the endpoint may read; only a program on this machine may drain, and no page in a browser on it.
pub(super) async fn begin(
    State(drain): State<Drain>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if !peer.ip().to_canonical().is_loopback() || headers.contains_key(ORIGIN) {
        let words = "a gateway is drained from its own machine only: `sluice drain`, in its container\n";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    match serde_json::to_vec(&drain()) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
#[path = "drain_tests.rs"]
mod tests;
