//! Tables of what policies decide: a block, traces, and what becomes of each.

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use sluice_sampling::Decision;

use super::harness::Simulation;
use super::spans::{id, of_resources, resource};

pub(crate) const S: Decision = Decision::Sampled;
pub(crate) const N: Decision = Decision::NotSampled;
pub(crate) const D: Decision = Decision::Dropped;

/// All spans of a trace.
pub(crate) struct Trace(Vec<ResourceSpans>);

impl From<Vec<Span>> for Trace {
    fn from(spans: Vec<Span>) -> Self {
        Self(vec![resource("shop", spans)])
    }
}

impl From<Span> for Trace {
    fn from(span: Span) -> Self {
        Self::from(vec![span])
    }
}

impl From<ResourceSpans> for Trace {
    fn from(resource: ResourceSpans) -> Self {
        Self(vec![resource])
    }
}

/// A policy, as in a list of policies, but for its name.
pub(crate) fn one(policy: &str) -> String {
    format!("policies:\n- {{name: it, {policy}}}\n")
}

/// What a block decides on traces that are due together. Their ids are 1, 2, ... where spans have none.
///
/// Checks on the way that what is sampled comes out whole and as it was, that nothing else does, and that nothing is held
/// in the end.
pub(crate) fn decide(block: &str, traces: Vec<Trace>) -> Vec<Decision> {
    let mut simulation = Simulation::new(block);
    let (mut ids, mut sent) = (Vec::new(), Vec::new());
    for (trace, number) in traces.into_iter().zip(1..) {
        let mut resources = trace.0;
        let spans = resources.iter_mut().flat_map(|resource| &mut resource.scope_spans);
        for span in spans.flat_map(|scope| &mut scope.spans).filter(|span| span.trace_id.is_empty()) {
            span.trace_id = id(number);
        }
        let spans = of_resources(resources.clone());
        ids.push(spans.first().expect("a trace has spans").trace_id.clone());
        sent.push(spans);
        simulation.send_resources(resources);
    }
    simulation.pass(40_000);
    let decisions: Vec<_> = ids.iter().map(|id| simulation.explained(id).decision).collect();
    let kept = sent.into_iter().zip(&decisions).filter(|(_, decision)| **decision == S);
    let mut kept: Vec<Span> = kept.flat_map(|(spans, _)| spans).collect();
    let mut released = simulation.released();
    if !block.contains("use_tracestate") {
        let order = |span: &Span| (span.trace_id.clone(), format!("{span:?}"));
        kept.sort_by_cached_key(order);
        released.sort_by_cached_key(order);
        assert!(kept == released, "{block}: {} spans came out, not {}", released.len(), kept.len());
    }
    assert_eq!((kept.len(), simulation.held().traces), (released.len(), 0), "{block}");
    decisions
}

/// Rows of a table: the number of a vector, the policy, the traces, and what becomes of them.
pub(crate) fn check<T: Into<Trace>>(
    rows: impl IntoIterator<Item = (&'static str, &'static str, Vec<T>, Vec<Decision>)>,
) {
    for (vector, policy, traces, expected) in rows {
        let decisions = decide(&one(policy), traces.into_iter().map(Into::into).collect());
        assert_eq!(decisions, expected, "{vector}: {policy}");
    }
}
