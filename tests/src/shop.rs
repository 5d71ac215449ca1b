//! Traces of a shop: three services that each send on their own. Some traces fail, and some are slow, though no span of
//! theirs is: that is seen only where a trace is whole.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use crate::traffic;

/// The services, that of the root span last.
pub const SERVICES: [&str; 3] = ["payment", "cart", "shop"];

/// Spans of one trace.
pub const SPANS: usize = 8;

/// When every trace starts, in nanoseconds since 1970.
const START: u64 = 1_700_000_000_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// What the guide's policies should see in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A payment has failed.
    Failed,
    /// The payment comes late: from the root's start to its end it is 501 ms.
    Slow,
    /// Neither.
    Fine,
}

/// A trace, of which each service has spans.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its id, of 16 bytes.
    pub id: Vec<u8>,
    /// What it is like.
    pub kind: Kind,
}

impl Trace {
    /// One with a random id.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { id: traffic::trace_id(), kind }
    }

    /// One with a random id, of a random kind: a tenth fails, a tenth is slow.
    #[must_use]
    pub fn random() -> Self {
        Self::new(match fastrand::u8(0..10) {
            0 => Kind::Failed,
            1 => Kind::Slow,
            _ => Kind::Fine,
        })
    }

    fn spans(&self, service: &str) -> Vec<Span> {
        match service {
            "shop" => {
                vec![Span { parent_span_id: Vec::new(), ..self.span("GET /", 0) }, self.span("checkout", 5)]
            }
            "cart" => (0..3).map(|number| self.span(&format!("cart {number}"), 10 + number)).collect(),
            _ => {
                let late = if self.kind == Kind::Slow { 381 } else { 30 };
                let mut spans: Vec<_> =
                    (0..3).map(|number| self.span(&format!("payment {number}"), late)).collect();
                if self.kind == Kind::Failed {
                    spans[1].status = Some(Status { code: 2, message: "card declined".to_owned() });
                }
                spans
            }
        }
    }

    /// A span of 120 ms that starts so many milliseconds after the trace.
    fn span(&self, name: &str, after: u64) -> Span {
        let start = START + after * MILLISECOND;
        Span {
            parent_span_id: vec![7; 8],
            start_time_unix_nano: start,
            end_time_unix_nano: start + 120 * MILLISECOND,
            ..traffic::span(&self.id, name)
        }
    }
}

/// What a service sends of some traces.
#[must_use]
pub fn request(service: &str, traces: &[Trace]) -> ExportTraceServiceRequest {
    traffic::of_service(service, traces.iter().flat_map(|trace| trace.spans(service)).collect())
}

/// Whether `kept` of `traces` may be those that a sampler of `share` keeps: within five standard deviations, beyond which a
/// fair choice is once in a million times.
#[must_use]
pub fn is_within_share(kept: usize, traces: usize, share: f64) -> bool {
    let (kept, traces) = (kept as f64, traces as f64);
    (kept - traces * share).abs() <= 5.0 * (traces * share * (1.0 - share)).sqrt()
}
