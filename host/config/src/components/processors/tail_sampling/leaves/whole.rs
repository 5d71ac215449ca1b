//! Policies about a trace as a whole: its duration and its size.

use super::settings::Settings;
use crate::decode::Key;

/// The Collector counts milliseconds in 64 bits with a sign, spans in 32.
const MAX_MS: u64 = i64::MAX as u64;
const MAX_SPANS: u64 = i32::MAX as u64;

pub(crate) const LATENCY_KEYS: &[Key] = &[
    Key::new("threshold_ms", "ms", "0", "keep a trace that lasts longer"),
    Key::new("upper_threshold_ms", "ms", "0", "and no longer than this; 0: however long"),
];

pub(crate) const SPAN_COUNT_KEYS: &[Key] = &[
    Key::new("min_spans", "spans", "0", "keep a trace that has as many or more"),
    Key::new("max_spans", "spans", "0", "and no more than these; 0: however many"),
];

pub(super) fn latency(settings: &mut Settings<'_>) {
    let lower = settings.whole("threshold_ms", MAX_MS);
    let upper = settings.whole("upper_threshold_ms", MAX_MS);
    require_one(settings, ["threshold_ms", "upper_threshold_ms"]);
    let (lower, upper) = (lower.unwrap_or(0), upper.unwrap_or(0));
    if upper > 0 && upper <= lower {
        settings.error(
            "upper_threshold_ms",
            format!("{upper} is not above threshold_ms, {lower}, so no trace would match"),
        );
    }
}

pub(super) fn span_count(settings: &mut Settings<'_>) {
    let least = settings.whole("min_spans", MAX_SPANS);
    let most = settings.whole("max_spans", MAX_SPANS);
    require_one(settings, ["min_spans", "max_spans"]);
    let (least, most) = (least.unwrap_or(0), most.unwrap_or(0));
    if most > 0 && most < least {
        settings.error("max_spans", format!("{most} is below min_spans, {least}, so no trace would match"));
    }
}

fn require_one(settings: &Settings<'_>, keys: [&str; 2]) {
    if !keys.iter().any(|key| settings.has_value(key)) {
        settings
            .error("", format!("give {} or {}; without either every trace would match", keys[0], keys[1]));
    }
}
