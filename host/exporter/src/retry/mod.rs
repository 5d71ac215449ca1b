//! When a request that failed is sent again. Pure: time and chance are passed in.

mod backoff;
mod settings;

use std::time::{Duration, Instant};

pub use backoff::Backoff;
pub use settings::RetrySettings;

/// A time from now; what is too far away to name, as a server may ask for, is far enough at thirty years.
#[must_use]
pub fn after(now: Instant, wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    now.checked_add(wait).unwrap_or(now + FAR)
}
