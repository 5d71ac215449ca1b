//! Waiting for a condition, with a bound.

use std::future::Future;
use std::time::{Duration, Instant};

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
