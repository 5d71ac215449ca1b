//! `ottl_condition` (the Collector's TestEvaluate_OTTL).

use crate::harness::refusal;
use crate::spans::{SpanExt, span, string};
use crate::table::{D, N, S, Trace, check, decide, one};

/// Guarantees: V51: conditions on spans and on their events, of which one is enough, with prefixes or without.
#[test]
fn conditions_are_asked_of_spans_and_events() {
    let traces = || {
        vec![
            span().with("attr_k_1", string("attr_v_1")).event("event_1"),
            span().with("attr_k_1", string("other")).event("event_2"),
            span(),
        ]
    };
    check([
        (
            "V51, equal",
            "type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes[\"attr_k_1\"] == \"attr_v_1\"']}",
            traces(),
            vec![S, N, N],
        ),
        (
            "V51, not equal",
            "type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes[\"attr_k_1\"] != \"attr_v_1\"']}",
            traces(),
            vec![N, S, S],
        ),
        (
            "V51, event",
            "type: ottl_condition, ottl_condition: {error_mode: ignore, spanevent: ['name == \"event_2\"']}",
            traces(),
            vec![N, S, N],
        ),
        (
            "either",
            "type: ottl_condition, ottl_condition: {error_mode: ignore, \
             span: ['name == \"nothing\"', 'span.attributes[\"attr_k_1\"] == \"attr_v_1\"'], spanevent: ['spanevent.name == \"event_2\"']}",
            traces(),
            vec![S, S, N],
        ),
        (
            "resource and scope",
            "type: ottl_condition, ottl_condition: {error_mode: ignore, \
             span: ['resource.attributes[\"service.name\"] == \"shop\" and scope.name == \"http\"']}",
            traces(),
            vec![S, S, S],
        ),
    ]);
}

/// Guarantees: V51: without a condition there is nothing to ask, which is told, as is a condition that is none, with its place.
#[test]
fn no_conditions_are_refused() {
    assert!(
        refusal(&one("type: ottl_condition, ottl_condition: {error_mode: ignore}")).contains("condition")
    );
    let why = refusal(&one("type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['name == ']}"));
    assert!(why.contains("name == "), "{why}");
}

/// Guarantees: what a condition cannot tell is an error of the policy under `propagate`, which then has no vote, and is no match
/// under `ignore`; other policies vote on.
#[test]
fn an_error_is_no_vote() {
    let block = |mode: &str| {
        format!(
            "policies:\n- {{name: it, type: ottl_condition, ottl_condition: {{error_mode: {mode}, span: ['Int(attributes[\"k\"]) \
             + attributes[\"k\"] > 1', 'name == \"GET /\"']}}}}\n- {{name: flagged, type: trace_flags}}\n"
        )
    };
    let traces = || -> Vec<Trace> {
        vec![
            span().with("k", string("no number")).into(),
            span().with("k", string("no number")).flags(1).into(),
        ]
    };
    assert_eq!(decide(&block("propagate"), traces()), [N, S]);
    assert_eq!(decide(&block("ignore"), traces()), [S, S]);
}

/// Guarantees: V52: what a `drop` policy matches is dropped, whoever would sample it and wherever it stands.
#[test]
fn what_is_dropped_is_dropped() {
    let block = "policies:
- {name: all, type: always_sample}
- name: probes
  type: drop
  drop:
    drop_sub_policy:
    - {name: paths, type: string_attribute, string_attribute: {key: url.path, values: [/health, /metrics], enabled_regex_matching: true}}
";
    let path = |path| span().with("url.path", string(path)).into();
    assert_eq!(decide(block, vec![path("/health"), path("/metrics"), path("/cart")]), [D, D, S]);
}
