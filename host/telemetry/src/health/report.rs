use std::time::Instant;

use http::StatusCode;
use serde::Serialize;

use super::Health;

/// What the Collector's `health_check` extension answers, and why where all is not well.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    status: &'static str,
    up_since: String,
    uptime: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

impl Report {
    pub(super) fn liveness(health: &Health, now: Instant) -> Self {
        Self::new(health, now, health.against_liveness(now))
    }

    pub(super) fn readiness(health: &Health, now: Instant) -> Self {
        Self::new(health, now, health.against_readiness(now))
    }

    fn new(health: &Health, now: Instant, reasons: Vec<String>) -> Self {
        let status = if reasons.is_empty() { "Server available" } else { "Server not available" };
        match health.state.up.get() {
            Some(up) => {
                let uptime = now.saturating_duration_since(up.since);
                // As Go writes a duration, in its plainest form.
                Self {
                    status,
                    up_since: up.text.clone(),
                    uptime: format!("{:.3}s", uptime.as_secs_f64()),
                    reasons,
                }
            }
            // Go's zero time: the Collector, too, says it as long as it is not up.
            None => {
                Self { status, up_since: "0001-01-01T00:00:00Z".to_owned(), uptime: String::new(), reasons }
            }
        }
    }

    pub(super) fn status_code(&self) -> StatusCode {
        if self.reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}
