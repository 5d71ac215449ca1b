//! Waiting for a condition, with a bound.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

/// Generous: a slow machine must not fail a test.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Asks until the answer is yes.
///
/// # Panics
/// After [`LIMIT`], with what was waited for.
pub async fn until<F>(what: &str, holds: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    within(LIMIT, what, holds).await;
}

/// The same, with another limit.
///
/// # Panics
/// After `limit`, with what was waited for.
pub async fn within<F>(limit: Duration, what: &str, mut holds: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    let deadline = Instant::now() + limit;
    while !holds().await {
        assert!(Instant::now() < deadline, "waited {} s in vain for: {what}", limit.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Listens at an address, which who was there before may be about to leave.
///
/// # Panics
/// When it is not free within [`LIMIT`], or none of ours.
pub async fn for_address(address: SocketAddr) -> TcpListener {
    let deadline = Instant::now() + LIMIT;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < deadline => {}
            Err(error) => panic!("{address}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
