//! `and`, `not` and `drop` (the Collector's TestAndEvaluator..., TestNotEvaluator..., TestDropEvaluator...).

use crate::spans::{SpanExt, span, string};
use crate::table::{D, N, S, check, decide};

const YES: &str = "{name: yes, type: always_sample}";
const NO: &str = "{name: no, type: trace_flags}";

/// The decision on a trace of one span without flags.
fn decision(policy: &str) -> sluice_sampling::Decision {
    decide(&format!("policies:\n- {{name: it, {policy}}}\n"), vec![span().into()])[0]
}

fn not(name: &str, part: &str) -> String {
    format!("{{name: {name}, type: not, not: {{not_sub_policy: {part}}}}}")
}

/// Guarantees: V54: `not` swaps sampled and not sampled.
#[test]
fn not_is_the_opposite() {
    let policy =
        "type: not, not: {not_sub_policy: {name: slow, type: latency, latency: {threshold_ms: 1000}}}";
    check([("V54", policy, vec![vec![span().lasting(0, 500)], vec![span().lasting(0, 2000)]], vec![S, N])]);
}

/// Guarantees: V55: `and` takes all of its parts, which may be a `not` or an `and` themselves.
#[test]
fn and_takes_all_parts() {
    let and = |parts: &[&str]| format!("type: and, and: {{and_sub_policy: [{}]}}", parts.join(", "));
    let not_no = not("not-no", NO);
    assert_eq!(decision(&and(&[YES, NO])), N, "V55");
    assert_eq!(decision(&and(&[YES, &not_no])), S, "V55, not");
    let inner = format!("{{name: inner, {}}}", and(&[YES, &not_no]));
    assert_eq!(decision(&and(&[YES, &inner])), S);
    assert_eq!(decision(&and(&[&inner, NO])), N);
    assert_eq!(decision(&and(&[YES])), S);
}

/// Guarantees: V55: parts of an `and` may be met by different spans (the Collector's TestAndEvaluatorStringInvertSampled
/// and kin).
#[test]
fn parts_of_and_look_at_the_whole_trace() {
    let policy = "type: and, and: {and_sub_policy: [\
                  {name: text, type: string_attribute, string_attribute: {key: k, values: [bad], invert_match: true}}, \
                  {name: error, type: status_code, status_code: {status_codes: [ERROR]}}]}";
    let traces = vec![
        vec![span().with("k", string("good")), span().status(2)],
        vec![span().with("k", string("bad")), span().status(2)],
        vec![span().with("k", string("good"))],
    ];
    check([("and, inverted", policy, traces, vec![S, N, N])]);
}

/// Guarantees: `drop` drops what all of its parts match, and else has no vote.
#[test]
fn drop_takes_all_parts() {
    let with_all = |drop: &[&str]| {
        let parts = drop.join(", ");
        let block =
            format!("policies:\n- {YES}\n- {{name: it, type: drop, drop: {{drop_sub_policy: [{parts}]}}}}\n");
        decide(&block, vec![span().into()])[0]
    };
    assert_eq!(with_all(&[YES, &not("not-no", NO)]), D);
    assert_eq!(with_all(&[YES, NO]), S);
    assert_eq!(decision(&format!("type: drop, drop: {{drop_sub_policy: [{NO}]}}")), N);
}
