//! How much may change.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::compare::Changes;
use super::options::ReplayOptions;
use super::tally::Tally;

/// A share, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Percent(f64);

impl FromStr for Percent {
    type Err = String;

    /// Reads `5`, `5%` or `+5%`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix('%').unwrap_or(text);
        let percent = number.strip_prefix('+').unwrap_or(number).parse::<f64>().ok();
        let is_good = |percent: &f64| percent.is_finite() && percent.is_sign_positive();
        percent.filter(is_good).map(Self).ok_or_else(|| format!("`{text}` is no share such as 5%"))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// A limit that is exceeded.
#[derive(Debug, Serialize)]
pub(super) struct Exceeded {
    /// The option.
    pub(super) limit: &'static str,
    pub(super) allowed_percent: f64,
    /// `None`: of nothing.
    pub(super) percent: Option<f64>,
    pub(super) what: &'static str,
}

/// The limits that are exceeded.
pub(super) fn exceeded(
    options: &ReplayOptions,
    changes: &Changes,
    before: &Tally,
    now: &Tally,
) -> Vec<Exceeded> {
    let changed = changes.lost.traces + changes.gained.traces;
    let growth = now.passed_on.bytes.saturating_sub(before.passed_on.bytes);
    let limits = [
        (
            "--max-changed-traces",
            options.max_changed_traces,
            changed,
            changes.compared,
            "of the traces change",
        ),
        (
            "--max-lost-traces",
            options.max_lost_traces,
            changes.lost.traces,
            changes.kept_before,
            "of the traces that were kept are not kept any more",
        ),
        ("--max-kept-bytes", options.max_kept_bytes, growth, before.passed_on.bytes, "more bytes are kept"),
    ];
    let check = |(limit, allowed, part, of, what): (_, Option<Percent>, u64, u64, _)| {
        let Percent(allowed_percent) = allowed?;
        let percent = percent(part, of);
        let is_exceeded = part > 0 && percent.is_none_or(|percent| percent > allowed_percent);
        is_exceeded.then_some(Exceeded { limit, allowed_percent, percent, what })
    };
    limits.into_iter().filter_map(check).collect()
}

/// How much a part is of a whole; `None` where there is no whole.
#[expect(clippy::cast_precision_loss, reason = "for people; counts stay below 2^53")]
pub(super) fn percent(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 * 100.0 / of as f64)
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
