//! What `ottl_condition` decides.

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_ottl_condition::OttlCondition;
use sluice_policy_tests::{order_never_matters, schema_names};
use sluice_sdk::policy::Vote;
use sluice_sdk::testing::{Event, Link, Request, Resource, Sampler, Scope, Span, Value, counted, logged};

const ONE: [u8; 16] = [1; 16];
const TWO: [u8; 16] = [2; 16];

/// A sampler with conditions on spans and on events.
fn sampler(span: &[&str], spanevent: &[&str], mode: Option<&str>) -> Result<Sampler, String> {
    let list = |conditions: &[&str]| {
        let quoted: Vec<_> = conditions.iter().map(|text| format!("{text:?}")).collect();
        format!("[{}]", quoted.join(","))
    };
    let mode = mode.map(|mode| format!(r#","error_mode":"{mode}""#)).unwrap_or_default();
    let settings = format!(r#"{{"span":{},"spanevent":{}{mode}}}"#, list(span), list(spanevent));
    Sampler::new::<OttlCondition>(&settings)
}

/// Puts spans into a request.
fn request(spans: Vec<Span>) -> Request {
    let scope = spans.into_iter().fold(Scope::new("io.shop").version("1.2.3"), Scope::span);
    let scope =
        scope.attribute("scope.attribute", "yes").schema_url("https://example.com/scope").dropped_count(3);
    let resource = Resource::new().attribute("service.name", "checkout").dropped_count(4);
    Request::new().resource(resource.schema_url("https://example.com/resource").scope(scope))
}

/// The votes on the traces of some spans, in the order in which these came.
fn votes(sampler: &mut Sampler, spans: Vec<Span>) -> Vec<Vote> {
    let decisions = sampler.decide(&[request(spans)]).unwrap_or_else(|error| panic!("{error}"));
    decisions.into_iter().map(|decision| decision.vote).collect()
}

/// A failed request of 2.5 s with two events and a link.
fn shop() -> Span {
    Span::new(ONE)
        .span_id([0xee; 8])
        .parent_span_id([7; 8])
        .name("POST /pay")
        .kind(2)
        .status_code(2)
        .status_message("declined")
        .start(1_700_000_000_000_000_000)
        .end(1_700_000_002_500_000_000)
        .flags(257)
        .tracestate("vendor=1,ot=th:8")
        .dropped_count(2)
        .dropped_events_count(6)
        .dropped_links_count(7)
        .attribute("http.status_code", 503)
        .attribute("http.route", "/pay")
        .attribute("ratio", 0.25)
        .attribute("debug", true)
        .attribute("tags", Value::Array(vec!["prod".into(), "eu".into()]))
        .attribute("user", Value::Map(vec![("name".to_owned(), "ann".into())]))
        .event(Event::new("retry").attribute("attempt", 1))
        .event(
            Event::new("exception").time(1_700_000_001_000_000_000).dropped_count(1).attribute("attempt", 2),
        )
        .link(Link::new([9; 16], [9; 8]))
}

/// Each path reads the column that it names, of the row that it is about.
#[test]
fn paths_read_their_columns() {
    let on_spans = [
        "trace_id == TraceID(0x01010101010101010101010101010101)",
        r#"span_id.string == "eeeeeeeeeeeeeeee""#,
        "parent_span_id == SpanID(0x0707070707070707)",
        "not IsRootSpan()",
        r#"name == "POST /pay""#,
        "kind == SPAN_KIND_SERVER",
        r#"kind.string == "Server""#,
        "status.code == STATUS_CODE_ERROR",
        r#"status.message == "declined""#,
        "start_time_unix_nano == 1700000000000000000",
        r#"end_time - start_time == Duration("2.5s")"#,
        "flags == 257",
        r#"trace_state == "vendor=1,ot=th:8""#,
        r#"trace_state["ot"] == "th:8""#,
        r#"trace_state["none"] == """#,
        "dropped_attributes_count == 2",
        "dropped_events_count == 6 and dropped_links_count == 7",
        "Len(events) == 2 and Len(links) == 1",
        r#"attributes["http.status_code"] >= 500"#,
        r#"IsMatch(attributes["http.route"], "^/p")"#,
        r#"attributes["ratio"] * 4 == 1"#,
        r#"attributes["debug"] == true"#,
        r#"attributes["tags"][1] == "eu""#,
        r#"attributes["tags"] == ["prod", "eu"]"#,
        r#"attributes["user"]["name"] == "ann""#,
        r#"attributes["user"] == {"name": "ann"}"#,
        "Len(attributes) == 6",
        r#"attributes["none"] == nil"#,
        r#"resource.attributes["service.name"] == "checkout""#,
        "Len(resource.attributes) == 1",
        "resource.dropped_attributes_count == 4",
        r#"resource.schema_url == "https://example.com/resource""#,
        r#"scope.name == "io.shop" and instrumentation_scope.version == "1.2.3""#,
        r#"scope.attributes["scope.attribute"] == "yes""#,
        r#"scope.schema_url == "https://example.com/scope""#,
        "scope.dropped_attributes_count == 3",
        "UnixSeconds(Now()) == 1700000000",
        "true",
    ];
    let on_events = [
        r#"name == "exception" and event_index == 1"#,
        r#"name == "retry" and event_index == 0"#,
        "time_unix_nano == 1700000001000000000",
        r#"time - span.start_time == Duration("1s")"#,
        r#"attributes["attempt"] == 2 and dropped_attributes_count == 1"#,
        r#"Len(attributes) == 1"#,
        r#"span.name == "POST /pay""#,
        r#"resource.attributes["service.name"] == "checkout""#,
        "Len(span.events) == 2",
        "true",
    ];
    for condition in on_spans {
        assert_eq!(
            votes(&mut sampler(&[condition], &[], None).unwrap(), vec![shop()]),
            [Vote::Sampled],
            "{condition}"
        );
    }
    for condition in on_events {
        assert_eq!(
            votes(&mut sampler(&[], &[condition], None).unwrap(), vec![shop()]),
            [Vote::Sampled],
            "{condition}"
        );
    }
}

/// The vectors of the Collector's own test (V51).
#[test]
fn the_collectors_vectors() {
    let span = || Span::new(ONE).attribute("attr_k_1", "attr_v_1").event(Event::new("spanEventName"));
    let equal = r#"attributes["attr_k_1"] == "attr_v_1""#;
    let unequal = r#"attributes["attr_k_1"] != "attr_v_1""#;
    let cases: [(&[&str], &[&str], Vote); 5] = [
        (&[equal], &[], Vote::Sampled),
        (&[unequal], &[], Vote::NotSampled),
        (&[unequal], &[r#"name != "spanEventName""#], Vote::NotSampled),
        (&[], &[r#"name == "spanEventName""#], Vote::Sampled),
        (&[unequal, equal], &[], Vote::Sampled),
    ];
    for (on_spans, on_events, vote) in cases {
        let mut sampler = sampler(on_spans, on_events, None).unwrap();
        assert_eq!(votes(&mut sampler, vec![span()]), [vote], "{on_spans:?} {on_events:?}");
    }
    let error = Sampler::new::<OttlCondition>("{}").unwrap_err();
    assert_eq!(error, "span and spanevent are empty: at least one of them takes a condition");
}

/// A condition holds for a trace if it holds for one of its spans; never for those of other traces.
#[test]
fn each_trace_is_its_own() {
    let mut sampler = sampler(&[r#"attributes["slow"] == true"#], &[], None).unwrap();
    let spans = vec![Span::new(ONE), Span::new(TWO), Span::new(TWO).attribute("slow", true), Span::new(ONE)];
    assert_eq!(votes(&mut sampler, spans), [Vote::NotSampled, Vote::Sampled]);
}

/// Events belong to their spans, also where some have none.
#[test]
fn events_belong_to_their_spans() {
    let spans = || {
        vec![
            Span::new(ONE).name("none"),
            Span::new(ONE).name("two").event(Event::new("a")).event(Event::new("b")),
            Span::new(TWO).name("other").event(Event::new("c")),
            Span::new(ONE).name("one").event(Event::new("d")),
        ]
    };
    let cases = [
        (r#"name == "b" and span.name == "two" and event_index == 1"#, [Vote::Sampled, Vote::NotSampled]),
        (r#"name == "d" and span.name == "one" and event_index == 0"#, [Vote::Sampled, Vote::NotSampled]),
        (r#"name == "c" and span.name == "other""#, [Vote::NotSampled, Vote::Sampled]),
        (r#"span.name == "none""#, [Vote::NotSampled, Vote::NotSampled]),
        (r#"name == "d" and span.name == "two""#, [Vote::NotSampled, Vote::NotSampled]),
        (r#"Len(span.events) == 1"#, [Vote::Sampled, Vote::Sampled]),
    ];
    for (condition, expected) in cases {
        assert_eq!(votes(&mut sampler(&[], &[condition], None).unwrap(), spans()), expected, "{condition}");
    }
    let counts = [
        ("Len(events) == 0", [Vote::Sampled, Vote::NotSampled]),
        ("Len(events) == 2", [Vote::Sampled, Vote::NotSampled]),
    ];
    for (condition, expected) in counts {
        assert_eq!(votes(&mut sampler(&[condition], &[], None).unwrap(), spans()), expected, "{condition}");
    }
}

const FAILS: &str = r#"HasPrefix(attributes["none"], "a")"#;

/// Without a mode, and with `propagate`, an error is an error of the policy, on the trace at fault only. What
/// held before it decides.
#[test]
fn errors_propagate() {
    for mode in [None, Some("propagate")] {
        let spans = || vec![Span::new(ONE), Span::new(TWO).attribute("none", "b")];
        let mut failing = sampler(&[FAILS], &[], mode).unwrap();
        let decisions = failing.decide(&[request(spans())]).unwrap();
        assert_eq!(decisions[0].vote, Vote::Error);
        assert!(decisions[0].reason.contains("text is wanted, and this is nil"), "{}", decisions[0].reason);
        assert_eq!(decisions[1].vote, Vote::NotSampled);
        let mut behind = sampler(&["true", FAILS], &[], mode).unwrap();
        assert_eq!(votes(&mut behind, spans()), [Vote::Sampled, Vote::Sampled]);
        let mut before = sampler(&[FAILS, "true"], &[], mode).unwrap();
        assert_eq!(votes(&mut before, spans()), [Vote::Error, Vote::Sampled]);
    }
}

/// A span on which a condition fails does not hide another one for which it holds, in whichever order they came.
#[test]
fn errors_do_not_depend_on_the_order() {
    let condition = r#"HasPrefix(attributes["route"], "/pay")"#;
    let spans = || vec![Span::new(ONE), Span::new(ONE).attribute("route", "/pay"), Span::new(TWO)];
    let mut sampler = sampler(&[condition], &[], None).unwrap();
    assert_eq!(votes(&mut sampler, spans()), [Vote::Sampled, Vote::Error]);
    let mut turned = spans();
    turned.swap(0, 1);
    assert_eq!(votes(&mut sampler, turned), [Vote::Sampled, Vote::Error]);
}

/// Nor does any vote depend on the order of requests, whatever fails in them.
#[test]
fn votes_do_not_depend_on_the_order() {
    let span = (0..4u8, 1..3u8).prop_map(|(kind, trace)| {
        let span = Span::new([trace; 16]).event(Event::new(if kind == 2 { "retry" } else { "done" }));
        match kind {
            0 => span,
            1 => span.attribute("route", 7),
            _ => span.attribute("route", if kind == 2 { "/pay" } else { "/" }),
        }
    });
    let requests = vec(vec(span, 1..4).prop_map(request), 1..6);
    for mode in ["propagate", "ignore"] {
        let settings = format!(
            r#"{{"error_mode": "{mode}", "span": ["HasPrefix(attributes[\"route\"], \"/pay\")"], "spanevent": ["name == \"retry\""]}}"#
        );
        order_never_matters::<OttlCondition>(&settings, requests.clone()).unwrap();
    }
}

/// With `ignore` and `silent` a condition that fails does not hold, and the others decide. `ignore` says so in the
/// log, once for a batch; both count.
#[test]
fn errors_are_ignored() {
    for mode in ["ignore", "silent"] {
        let counted_before = counted("condition_errors");
        let spans = || vec![Span::new(ONE), Span::new(ONE), Span::new(TWO)];
        assert_eq!(
            votes(&mut sampler(&[FAILS, "true"], &[], Some(mode)).unwrap(), spans()),
            [Vote::Sampled; 2]
        );
        assert_eq!(votes(&mut sampler(&[FAILS], &[], Some(mode)).unwrap(), spans()), [Vote::NotSampled; 2]);
        assert_eq!(logged().len(), if mode == "ignore" { 2 } else { 0 });
        assert_eq!(counted("condition_errors") - counted_before, 5, "{mode}");
    }
}

/// A condition that makes much of a long attribute fails for its trace, and does no harm.
#[test]
fn long_texts_are_bounded() {
    let many = vec![r#"attributes["long"]"#; 600].join(", ");
    let long = "a".repeat(1 << 20);
    let spans = || vec![Span::new(ONE).attribute("long", long.as_str()), Span::new(TWO)];
    for condition in [
        format!(r#"Concat([{many}], "") == "x""#),
        format!(r#"Format("{}", [{many}]) == "x""#, "%v".repeat(600)),
    ] {
        let mut sampler = sampler(&[&condition], &[], None).unwrap();
        let decisions = sampler.decide(&[request(spans())]).unwrap();
        assert_eq!(decisions[0].vote, Vote::Error);
        assert!(
            decisions[0].reason.starts_with("the text would have more than 4 MiB, at column 8"),
            "{decisions:?}"
        );
        assert_eq!(decisions[1].vote, Vote::NotSampled);
    }
}

/// The reason names the condition.
#[test]
fn reasons() {
    let mut sampler = sampler(&[r#"name == "x""#, r#"name == "y""#], &[], None).unwrap();
    let spans = vec![Span::new(ONE).name("y"), Span::new(TWO)];
    let decisions = sampler.decide(&[request(spans)]).unwrap();
    assert_eq!(decisions[0].reason, r#"holds: name == "y""#);
    assert_eq!(decisions[1].reason, "no condition holds");
}

/// What is wrong with the settings is said with its place.
#[test]
fn settings_are_checked() {
    let refused = |settings: &str| Sampler::new::<OttlCondition>(settings).unwrap_err();
    let error = refused(r#"{"span": ["true", "nmae == \"x\""]}"#);
    let expected =
        "span[1]: column 1: `span` has no field `nmae`; did you mean `name`?\n    nmae == \"x\"\n    ^";
    assert_eq!(error, expected);
    let error = refused(r#"{"spanevent": ["kind == 1"]}"#);
    assert!(error.starts_with("spanevent[0]: column 1: `spanevent` has no field `kind`"), "{error}");
    assert!(refused(r#"{"span": ["true"], "error_mode": "log"}"#).contains("unknown variant `log`"));
    assert!(refused(r#"{"spans": ["true"]}"#).contains("unknown field `spans`"));
    assert_eq!(schema_names::<OttlCondition>().unwrap(), ["error_mode", "span", "spanevent"]);
    let many: Vec<_> = (0..70).map(|number| format!("\"attributes[\\\"a{number}\\\"] == 1\"")).collect();
    let error = refused(&format!("{{\"span\": [{}]}}", many.join(",")));
    assert!(error.contains("read 70 different fields") && error.contains("at most 62"), "{error}");
}
