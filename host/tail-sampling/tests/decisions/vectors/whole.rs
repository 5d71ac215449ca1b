//! `always_sample`, `status_code`, `span_count`, `trace_state` and `trace_flags` (the Collector's tests of the same names).

use opentelemetry_proto::tonic::trace::v1::Span;

use crate::harness::refusal;
use crate::spans::{SpanExt, span, spans};
use crate::table::{N, S, check, one};

const UNSET: i32 = 0;
const OK: i32 = 1;
const ERROR: i32 = 2;

fn statuses(codes: &[i32]) -> Vec<Vec<Span>> {
    vec![codes.iter().map(|code| span().status(*code)).collect()]
}

/// Guarantees: every trace is kept.
#[test]
fn always_sample_keeps_all() {
    check([("always", "type: always_sample", vec![spans(1), spans(3)], vec![S, S])]);
}

/// Guarantees: V48: one span with one of the statuses is enough; a span without a status has UNSET.
#[test]
fn one_span_of_a_status_is_enough() {
    check([
        (
            "V48, 1",
            "type: status_code, status_code: {status_codes: [ERROR]}",
            statuses(&[OK, UNSET, OK]),
            vec![N],
        ),
        (
            "V48, 2",
            "type: status_code, status_code: {status_codes: [OK, ERROR]}",
            statuses(&[UNSET, UNSET]),
            vec![N],
        ),
        (
            "V48, 3",
            "type: status_code, status_code: {status_codes: [UNSET]}",
            statuses(&[OK, UNSET, OK]),
            vec![S],
        ),
        (
            "V48, 4",
            "type: status_code, status_code: {status_codes: [OK, UNSET]}",
            statuses(&[ERROR, OK]),
            vec![S],
        ),
        ("no status", "type: status_code, status_code: {status_codes: [UNSET]}", vec![spans(1)], vec![S]),
        (
            "unknown",
            "type: status_code, status_code: {status_codes: [OK, UNSET, ERROR]}",
            statuses(&[7]),
            vec![N],
        ),
    ]);
    assert!(refusal(&one("type: status_code, status_code: {status_codes: []}")).contains("status_codes"));
    assert!(refusal(&one("type: status_code, status_code: {status_codes: [ERR]}")).contains("ERROR"));
}

/// Guarantees: both bounds are inclusive, and without an upper one there is none (the Collector's
/// TestEvaluate_OnlyMinSpans and kin).
#[test]
fn spans_are_counted() {
    let counts = || [1, 2, 3, 20, 21].map(spans).into();
    check([
        ("least", "type: span_count, span_count: {min_spans: 3}", counts(), vec![N, N, S, S, S]),
        ("most", "type: span_count, span_count: {max_spans: 20}", counts(), vec![S, S, S, S, N]),
        (
            "range",
            "type: span_count, span_count: {min_spans: 2, max_spans: 20}",
            counts(),
            vec![N, S, S, S, N],
        ),
    ]);
}

/// Guarantees: V50: the value of a key is compared, on any span; what is no tracestate has no values.
#[test]
fn values_of_tracestates_are_compared() {
    let policy = "type: trace_state, trace_state: {key: example, values: [value, other]}";
    let states = [
        &["example=value"][..],
        &["example=non_matching,non_matching=value"],
        &["", "a=b", "vendor=1,example=other"],
        &[""],
        &["example=value,="],
    ];
    let traces = states.map(|states| states.iter().map(|state| span().tracestate(state)).collect::<Vec<_>>());
    check([("V50", policy, traces.into(), vec![S, N, S, N, N])]);
}

/// Guarantees: V53: one span with the sampled flag is enough, whatever other flags say.
#[test]
fn one_flagged_span_is_enough() {
    let flags = [&[0, 1, 0][..], &[0, 0], &[0x100], &[0x301]];
    let traces = flags.map(|flags| flags.iter().map(|flags| span().flags(*flags)).collect::<Vec<_>>());
    check([("V53", "type: trace_flags", traces.into(), vec![S, N, N, S])]);
}
