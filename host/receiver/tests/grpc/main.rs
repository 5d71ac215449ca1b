//! The receiver over real sockets, with tonic's client and a raw HTTP/2 one as senders.

#![allow(clippy::expect_used, reason = "what helps a test may fail it")]

mod auth;
mod client;
mod consumers;
mod lifecycle;
mod limits;
mod messages;
mod refusals;
mod server;
mod signals;
mod tls;

use std::future::Future;
use std::time::Duration;

/// Long enough for the slowest machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The result of `future`, which must come in time.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("in time")
}

/// Waits until `condition` holds.
async fn until(mut condition: impl FnMut() -> bool) {
    soon(async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}
