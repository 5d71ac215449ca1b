//! Rejection thresholds. Source: OpenTelemetry, "TraceState: Probability Sampling".

use super::randomness::Randomness;

/// A rejection threshold: traces are sampled whose randomness is at least it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(u64);

impl Threshold {
    /// All traces are sampled.
    pub const ALWAYS: Self = Self(0);

    /// None is: 2^56.
    pub const NEVER: Self = Self(1 << 56);

    /// A number of 0 to 2^56; a greater one is none at all.
    #[must_use]
    pub fn new(value: u64) -> Self {
        Self(value.min(Self::NEVER.0))
    }

    /// The threshold that samples a share of all traces, rounded to 2^-56. A share of less than 2^-56, or that is
    /// no number, is none; one of 1 or more is all.
    #[must_use]
    pub fn of_share(share: f64) -> Self {
        const SCALE: f64 = (1u64 << 56) as f64;
        if share >= 1.0 {
            Self::ALWAYS
        } else if share >= 1.0 / SCALE {
            Self(Self::NEVER.0 - (share * SCALE).round() as u64)
        } else {
            Self::NEVER
        }
    }

    /// The threshold that samples traces of more than some randomness.
    #[must_use]
    pub fn above(randomness: Randomness) -> Self {
        Self(randomness.value() + 1)
    }

    /// Whether a trace of some randomness is sampled.
    #[must_use]
    pub fn admits(self, randomness: Randomness) -> bool {
        self.0 <= randomness.value()
    }

    /// 0 to 2^56.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
#[path = "threshold_tests.rs"]
mod tests;
