//! `ottl_condition` as it is compiled: conditions on columns that the host extracted from wire bytes.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, InstrumentationScope};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde_json::json;
use sluice_otlp::columns::{Plan, Selection, TraceRow};
use sluice_otlp::{Payload, Signal};
use sluice_plugin::{Policy, Vote};

use crate::fixture::{Fixture, patient};
use crate::requests::{attribute, payload, service, text};

const START: u64 = 1_700_000_000_000_000_000;

/// A trace of a failed request with an exception, and one of a span of which nothing is known.
fn traces() -> Payload {
    let tags = vec![AnyValue { value: Some(Value::StringValue("prod".to_owned())) }];
    let failed = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        parent_span_id: vec![3; 8],
        trace_state: "vendor=1".to_owned(),
        name: "POST /pay".to_owned(),
        kind: 2,
        start_time_unix_nano: START,
        end_time_unix_nano: START + 2_500_000_000,
        attributes: vec![
            attribute("http.status_code", Value::IntValue(503)),
            attribute("tags", Value::ArrayValue(ArrayValue { values: tags })),
        ],
        dropped_attributes_count: 4,
        events: vec![
            Event { name: "retry".to_owned(), ..Event::default() },
            Event {
                name: "exception".to_owned(),
                time_unix_nano: START + 1_000_000_000,
                attributes: vec![text("exception.type", "Timeout")],
                ..Event::default()
            },
        ],
        dropped_events_count: 5,
        links: vec![Link::default()],
        dropped_links_count: 6,
        status: Some(Status { code: 2, message: "declined".to_owned() }),
        flags: 257,
    };
    let unknown = Span { trace_id: vec![9; 16], ..Span::default() };
    let scope = Some(InstrumentationScope { name: "io.shop".to_owned(), ..InstrumentationScope::default() });
    let spans = |span, scope| vec![ScopeSpans { scope, spans: vec![span], ..ScopeSpans::default() }];
    let resource_spans = vec![
        ResourceSpans {
            resource: service("checkout"),
            scope_spans: spans(failed, scope),
            schema_url: "https://example.com/schema".to_owned(),
        },
        ResourceSpans { scope_spans: spans(unknown, None), ..ResourceSpans::default() },
    ];
    payload(Signal::Traces, &ExportTraceServiceRequest { resource_spans })
}

fn votes(policy: &Policy, payload: &Payload) -> (Vec<Vote>, Vec<String>) {
    let generation = policy.current();
    let fields = generation.fields();
    let plan = Plan::for_policies(fields.to_vec()).unwrap();
    let selection = Selection::new(&plan, fields, fields).unwrap();
    let row = |(leaf, id): (u32, u8)| TraceRow {
        id: [id; 16],
        leaves: leaf..leaf + 1,
        spans: 1,
        bytes: 100,
        received: START,
        trigger: 0,
    };
    let tables = plan.extract_traces(payload, &[(0, 1), (1, 9)].map(row), START + 60_000_000_000);
    let verdicts = generation.decide(&tables, &selection, &[0, 1]);
    let reasons = (0..2).map(|row| verdicts.reason(row)).collect();
    (verdicts.votes, reasons)
}

/// Each kind of field comes from the wire to the condition that reads it, and to the right trace.
#[test]
fn conditions_read_the_wire() {
    let fixture = Fixture::new(patient(), &[]);
    let payload = traces();
    let on_spans = [
        "trace_id == TraceID(0x01010101010101010101010101010101)",
        r#"span_id.string == "0202020202020202""#,
        "parent_span_id == SpanID(0x0303030303030303)",
        r#"trace_state["vendor"] == "1""#,
        r#"name == "POST /pay" and kind == SPAN_KIND_SERVER"#,
        r#"end_time - start_time == Duration("2.5s")"#,
        r#"status.code == STATUS_CODE_ERROR and status.message == "declined""#,
        r#"attributes["http.status_code"] / 100 == 5"#,
        r#"attributes["tags"] == ["prod"] and attributes["tags"][0] == "prod""#,
        "Len(attributes) == 2 and flags == 257",
        "dropped_attributes_count == 4 and dropped_events_count == 5 and dropped_links_count == 6",
        "Len(events) == 2 and Len(links) == 1",
        r#"resource.attributes["service.name"] == "checkout""#,
        r#"resource.schema_url == "https://example.com/schema" and scope.name == "io.shop""#,
        r#"UnixSeconds(Now()) - UnixSeconds(start_time) == 60"#,
    ];
    let on_events = [
        r#"name == "exception" and event_index == 1"#,
        r#"IsMatch(attributes["exception.type"], "^Time") and time - span.start_time == Duration("1s")"#,
    ];
    let spans = on_spans.map(|condition| json!({ "error_mode": "silent", "span": [condition] }));
    let events = on_events.map(|condition| json!({ "error_mode": "silent", "spanevent": [condition] }));
    for settings in spans.into_iter().chain(events) {
        let policy = fixture.host.policy("p", "ottl_condition", &settings, false).unwrap();
        assert_eq!(votes(&policy, &payload).0, [Vote::Sampled, Vote::NotSampled], "{settings}");
    }
}

/// An error is that of the trace on which the condition fails, and says why; a mistake in a condition keeps the policy from
/// being made.
#[test]
fn errors_come_out_of_the_sandbox() {
    let fixture = Fixture::new(patient(), &[]);
    let settings = json!({ "span": [r#"HasSuffix(resource.attributes["service.name"], "t")"#] });
    let policy = fixture.host.policy("p", "ottl_condition", &settings, false).unwrap();
    let (votes, reasons) = votes(&policy, &traces());
    assert_eq!(votes, [Vote::Sampled, Vote::Error]);
    assert!(reasons[1].starts_with("text is wanted, and this is nil"), "{}", reasons[1]);
    let settings = json!({ "span": ["nmae == 1"] });
    let error = fixture.host.policy("p", "ottl_condition", &settings, false).unwrap_err().to_string();
    let mark = "span[0]: column 1: `span` has no field `nmae`; did you mean `name`?\n    nmae == 1\n    ^";
    assert!(error.contains(mark), "{error}");
}

/// The longest and the deepest conditions are answered within the stack and the memory of a plugin.
#[test]
fn extreme_conditions_are_answered() {
    let fixture = Fixture::new(patient(), &[]);
    let payload = traces();
    let deep = format!("{}kind == 2{}", "(".repeat(64), ")".repeat(64));
    let deep_list = format!("{}{} != nil", "[".repeat(64), "]".repeat(64));
    let long = format!("kind == 2{}", " and kind + 1 == 3".repeat(900));
    for condition in [deep, deep_list, long] {
        let policy =
            fixture.host.policy("p", "ottl_condition", &json!({ "span": [condition] }), false).unwrap();
        assert_eq!(votes(&policy, &payload).0[0], Vote::Sampled);
    }
    for hostile in ["(", "[", "{\"a\":", "Len(", "attributes[", "not (", "-("] {
        let settings = json!({ "span": [hostile.repeat(3000)] });
        let error = fixture.host.policy("p", "ottl_condition", &settings, false).unwrap_err().to_string();
        assert!(error.contains("span[0]: column "), "{error}");
    }
}
