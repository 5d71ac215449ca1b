//! When a request that failed is sent again. Pure: time and chance are passed in.

mod backoff;
mod settings;

pub use backoff::Backoff;
pub use settings::RetrySettings;
