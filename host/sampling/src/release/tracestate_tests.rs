use opentelemetry_proto::tonic::trace::v1::{ScopeSpans, Span};
use prost::Message as _;

use super::*;

/// Guarantees: the `th` of percentages, as the specification's rounding gives them.
#[test]
fn thresholds_are_written_as_the_vectors_say() {
    for (threshold, expected) in [
        (0xff_be76_c8b4_3958, "ffbe76c8b43958"),
        (0xc0_0000_0000_0000, "c"),
        (0x0000_28f5_c28f_5c29, "0028f5c28f5c29"),
        (0x40_0000_0000_0000, "4"),
        (0, "0"),
    ] {
        assert_eq!(digits(threshold), expected);
        assert_eq!(parse(&digits(threshold)), Some(threshold));
    }
}

/// Guarantees: `ot` is made or changed and comes first, `rv` and other entries stay, a stricter `th` stays.
#[test]
fn a_tracestate_keeps_what_is_not_ours() {
    let half = 0x80_0000_0000_0000;
    let set = |tracestate: &str| set_threshold(tracestate, half);
    assert_eq!(set("").as_deref(), Some("ot=th:8"));
    assert_eq!(set("vendor=1").as_deref(), Some("ot=th:8,vendor=1"));
    let random = "vendor=1, ot=rv:0123456789abcd;th:4;x:y";
    assert_eq!(set(random).as_deref(), Some("ot=th:8;rv:0123456789abcd;x:y,vendor=1"));
    assert_eq!(set("ot=th:c").as_deref(), Some("ot=th:c"));
    assert_eq!(set("3a@rojo=1 2,b=c").as_deref(), Some("ot=th:8,3a@rojo=1 2,b=c"));
    let many: Vec<_> = (0..33).map(|number| format!("k{number}=v")).collect();
    let most = many[..32].join(",");
    assert!(set(&most).is_some());
    let [many, long] = [many.join(","), format!("k={}", "v".repeat(257))];
    for bad in [
        "vendor",
        "ot=th",
        "ot=th:",
        "ot=th:xyz",
        "ot=th:123456789abcdef",
        "ot=rv:12",
        "ot=rv:0123456789abcz",
        "=",
        "=,",
        "a=",
        "A=b",
        "a=b=c",
        "a=b,a=b",
        "a@=b",
        "a=\u{e9}",
        &many,
        &long,
    ] {
        assert_eq!(set(bad), None, "{bad}");
    }
}

/// Guarantees: every other byte of a span stays, and one whose tracestate cannot be read stays whole and is counted.
#[test]
fn only_the_tracestate_changes() {
    let span = |tracestate: &str| Span {
        trace_id: vec![1; 16],
        trace_state: tracestate.to_owned(),
        name: "GET /".to_owned(),
        flags: 1,
        ..Span::default()
    };
    let spans = |spans: Vec<Span>| ScopeSpans { spans, ..ScopeSpans::default() }.encode_to_vec();
    let unreadable = Counter::default();
    let before = spans(vec![span("a=b"), span("broken"), span("")]);
    let marked = with_threshold(&before, 0x80_0000_0000_0000, &unreadable);
    assert_eq!(marked, spans(vec![span("ot=th:8,a=b"), span("broken"), span("ot=th:8")]));
    assert_eq!(unreadable.get(), 1);
}
