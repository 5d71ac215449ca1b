//! The built-in policies as they are compiled: votes on traces whose columns the host extracted from wire bytes.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use serde_json::{Value as Json, json};
use sluice_otlp::Payload;
use sluice_otlp::columns::{Plan, Selection, TraceRow};
use sluice_plugin::Vote::{NotSampled, Sampled};
use sluice_plugin::{Policy, Vote};

use crate::fixture::{Fixture, patient};
use crate::requests::{attribute, resource, resource_spans, text, traces};

const START: u64 = 1_700_000_000_000_000_000;
const SECOND: u64 = 1_000_000_000;

/// A trace of two spans, of which one failed after six seconds; and one of a span of which little is known.
fn two_traces() -> Payload {
    let failed = Span {
        trace_id: vec![9; 16],
        name: "POST /pay".to_owned(),
        start_time_unix_nano: START,
        end_time_unix_nano: START + 6 * SECOND,
        trace_state: "vendor=gold,ot=rv:c0000000000000".to_owned(),
        attributes: vec![text("http.route", "/v1/pay"), attribute("http.status_code", Value::IntValue(503))],
        status: Some(Status { code: 2, ..Status::default() }),
        flags: 0x101,
        ..Span::default()
    };
    let quick = Span { trace_id: vec![9; 16], start_time_unix_nano: START, ..Span::default() };
    let other = Span {
        trace_id: vec![1; 16],
        start_time_unix_nano: START,
        end_time_unix_nano: START + SECOND,
        ..Span::default()
    };
    let canary = resource(vec![attribute("canary", Value::BoolValue(true))]);
    traces(vec![resource_spans(canary, vec![quick, failed]), resource_spans(None, vec![other])])
}

/// Votes, thresholds and reasons.
fn decide(policy: &Policy, payload: &Payload) -> ([Vote; 2], [u64; 2], [String; 2]) {
    let generation = policy.current();
    let fields = generation.fields();
    let plan = Plan::for_policies(fields.to_vec()).unwrap();
    let selection = Selection::new(&plan, fields, fields).unwrap();
    let row = |id: u8, leaves: std::ops::Range<u32>| TraceRow {
        id: [id; 16],
        spans: leaves.len() as u32,
        bytes: 100 * leaves.len() as u32,
        leaves,
        received: START,
        trigger: 0,
    };
    let tables = plan.extract_traces(payload, &[row(9, 0..2), row(1, 2..3)], START + 60 * SECOND);
    let verdicts = generation.decide(&tables, &selection, &[0, 1]);
    let reasons = [verdicts.reason(0), verdicts.reason(1)];
    ([verdicts.votes[0], verdicts.votes[1]], [verdicts.threshold(0), verdicts.threshold(1)], reasons)
}

/// Policies, their settings, how they vote on the two traces, and why on the first one.
fn expectations() -> Vec<(&'static str, Json, [Vote; 2], &'static str)> {
    let first = [Sampled, NotSampled];
    vec![
        ("always_sample", json!({}), [Sampled, Sampled], "always"),
        ("latency", json!({ "threshold_ms": 5000 }), first, "latency 6000 ms > 5000 ms"),
        (
            "numeric_attribute",
            json!({ "key": "http.status_code", "min_value": 500, "max_value": 599 }),
            first,
            "http.status_code 503 is in 500 to 599",
        ),
        ("boolean_attribute", json!({ "key": "canary", "value": true }), first, "canary is true"),
        (
            "string_attribute",
            json!({ "key": "http.route", "values": ["/v1/pay"] }),
            first,
            "http.route is /v1/pay",
        ),
        (
            "string_attribute",
            json!({ "key": "http.route", "values": ["v\\d/"], "enabled_regex_matching": true, "invert_match": true }),
            [NotSampled, Sampled],
            "http.route is /v1/pay",
        ),
        ("status_code", json!({ "status_codes": ["ERROR"] }), first, "a span has status ERROR"),
        ("span_count", json!({ "min_spans": 2 }), first, "2 spans >= 2"),
        ("trace_state", json!({ "key": "vendor", "values": ["gold"] }), first, "tracestate has vendor=gold"),
        ("trace_flags", json!({}), first, "a span is flagged"),
        (
            "rate_limiting",
            json!({ "spans_per_second": 1, "burst_capacity": 2 }),
            first,
            "2 spans are within the limit",
        ),
        (
            "bytes_limiting",
            json!({ "bytes_per_second": 1, "burst_capacity": 299 }),
            first,
            "200 bytes are within the limit",
        ),
    ]
}

/// Guarantees: each built-in policy reads what it wants from the wire, and votes on the right trace, for a reason.
#[test]
fn built_in_policies_read_the_wire() {
    let fixture = Fixture::new(patient(), &[]);
    let payload = two_traces();
    for (plugin, settings, votes, reason) in expectations() {
        let policy = fixture.host.policy("tested", plugin, &settings, false).unwrap();
        let (given, _, reasons) = decide(&policy, &payload);
        assert_eq!((given, reasons[0].as_str()), (votes, reason), "{plugin} {settings}");
    }
}

/// Guarantees: under consistent sampling the randomness in a tracestate decides, and thresholds come out.
#[test]
fn thresholds_come_out() {
    let fixture = Fixture::new(patient(), &[]);
    let payload = two_traces();
    let decide = |plugin, settings| {
        let policy = fixture.host.policy("tested", plugin, &settings, true).unwrap();
        let (votes, thresholds, _) = decide(&policy, &payload);
        (votes, thresholds)
    };
    let (votes, thresholds) = decide("probabilistic", json!({ "sampling_percentage": 25 }));
    assert_eq!((votes[0], thresholds), (Sampled, [0xc0 << 48; 2]));
    let (votes, thresholds) = decide("probabilistic", json!({ "sampling_percentage": 24.9 }));
    assert_eq!(votes[0], NotSampled);
    assert!(thresholds[0] > 0xc0 << 48);
    // The other trace's randomness is that of its id: 01 01 01 01 01 01 01.
    let (votes, thresholds) = decide("rate_limiting", json!({ "spans_per_second": 1 }));
    assert_eq!((votes, thresholds[0]), ([Sampled, NotSampled], 0x0001_0101_0101_0102));
}
