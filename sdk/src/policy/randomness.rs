//! The randomness of a trace. Source: OpenTelemetry, "TraceState: Probability Sampling".

use super::trace::{Trace, WholeTrace};
use crate::field::Field;
use crate::fields::Fields;
use crate::intrinsic::{TRACE_ID, TRACESTATE};
use crate::table::{Items, Traces};
use crate::tracestate::OpenTelemetry;
use crate::value::{Text, TraceId};

/// 56 bits by which all samplers along the way of a trace decide alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Randomness(u64);

impl Randomness {
    /// The greatest: sampled under every threshold but [`Threshold::NEVER`](super::Threshold::NEVER).
    pub const MAX: Self = Self((1 << 56) - 1);

    /// The lower 56 bits of a number.
    #[must_use]
    pub fn new(bits: u64) -> Self {
        Self(bits & Self::MAX.0)
    }

    /// The last seven bytes of a trace id.
    #[must_use]
    pub fn of_trace_id(id: &[u8; 16]) -> Self {
        Self::new(u128::from_be_bytes(*id) as u64)
    }

    /// 0 to 2^56 - 1.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The fields that a trace's randomness is in: its id, and the `ot` sections of its spans' tracestates.
#[derive(Clone, Copy, Debug)]
pub struct TraceRandomness {
    id: Field<WholeTrace, Traces, TraceId>,
    tracestate: Field<WholeTrace, Items, Text>,
}

impl TraceRandomness {
    /// Declares the fields.
    #[must_use]
    pub fn declare(fields: &mut Fields<WholeTrace>) -> Self {
        Self { id: fields.intrinsic(Traces, TRACE_ID), tracestate: fields.intrinsic(Items, TRACESTATE) }
    }

    /// A trace's randomness: what its spans say, else that of its id.
    #[must_use]
    pub fn of(&self, trace: Trace<'_>) -> Randomness {
        self.explicit(trace).unwrap_or_else(|| self.of_id(trace))
    }

    /// A trace's randomness, where a span carries an `rv` or a `th`: the sampler before it then kept to
    /// consistent probability sampling.
    ///
    /// All spans of a trace should carry the same `rv`. Where they do not, the largest counts, so that the
    /// order in which they arrived does not.
    #[must_use]
    pub fn explicit(&self, trace: Trace<'_>) -> Option<Randomness> {
        let mut seen = false;
        let mut randomness = None;
        let mut before = "";
        for span in trace.spans() {
            let Some(tracestate) = span.get(self.tracestate) else { continue };
            // Nearly always the same for all spans.
            if tracestate == before {
                continue;
            }
            before = tracestate;
            let Some(section) = OpenTelemetry::find(tracestate) else { continue };
            seen |= section.randomness.is_some() || section.threshold.is_some();
            randomness = randomness.max(section.randomness);
        }
        seen.then(|| randomness.unwrap_or_else(|| self.of_id(trace)))
    }

    fn of_id(&self, trace: Trace<'_>) -> Randomness {
        trace.get(self.id).map_or(Randomness::default(), Randomness::of_trace_id)
    }
}
