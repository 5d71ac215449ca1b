//! The receiver over real sockets, one folder for each transport.

#![allow(clippy::expect_used, reason = "what helps a test may fail it")]

mod compression;
mod consumers;
mod grpc;
mod http;
mod instance;
mod messages;
mod server;

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
