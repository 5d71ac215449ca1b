//! Policies that keep to a rate.

use super::settings::Settings;
use crate::decode::Key;

/// The Collector counts in 64 bits with a sign.
const MAX: u64 = i64::MAX as u64;

const BURST_NOTE: &str = "what may be kept at once, after a pause; 0: twice the rate";

pub(crate) const RATE_LIMITING_KEYS: &[Key] = &[
    Key::new("spans_per_second", "spans", "(required)", "keep so many"),
    Key::new("burst_capacity", "spans", "0", BURST_NOTE),
];

pub(crate) const BYTES_LIMITING_KEYS: &[Key] = &[
    Key::new("bytes_per_second", "bytes", "(required)", "keep so many"),
    Key::new("burst_capacity", "bytes", "0", BURST_NOTE),
];

pub(super) fn rate_limiting(settings: &mut Settings<'_>) {
    limiting(settings, "spans_per_second");
}

pub(super) fn bytes_limiting(settings: &mut Settings<'_>) {
    limiting(settings, "bytes_per_second");
}

fn limiting(settings: &mut Settings<'_>, key: &str) {
    let rate = settings.whole(key, MAX);
    let burst = settings.whole("burst_capacity", MAX);
    match rate {
        Some(0) if burst.unwrap_or(0) == 0 => settings.warning(key, "with 0 no trace is kept"),
        Some(0) => settings.warning(key, "with 0 no trace is kept once burst_capacity is used up"),
        None if !settings.has_value(key) => settings.error(key, format!("{key} is missing")),
        _ => {}
    }
}
