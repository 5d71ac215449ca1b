//! What conditions answer, in the semantics of the Collector's parser, comparison and converter tests.

#[allow(dead_code, reason = "the property tests use more of it")]
mod support;
mod table;

use sluice_ottl::Context;
use support::evaluate;

fn check(context: Context, cases: &[(&str, bool)]) {
    let wrong = cases.iter().filter_map(|(condition, expected)| {
        let answer = evaluate(condition, context);
        (answer != Ok(*expected)).then(|| format!("{condition}\n    wanted {expected}, got {answer:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn check_refusals(context: Context, cases: &[(&str, &str, &str)]) {
    let wrong = cases.iter().filter_map(|(condition, column, message)| {
        let answer = evaluate(condition, context);
        let fits = answer
            .as_ref()
            .is_err_and(|error| error.contains(&format!("{column}: ")) && error.contains(message));
        (!fits).then(|| format!("{condition}\n    wanted {column}: {message}, got {answer:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Literals of all types are compared as LANGUAGE.md's table says.
#[test]
fn comparisons() {
    check(Context::Span, table::COMPARISONS);
}

/// `not` binds closer than `and`, which binds closer than `or`; parentheses come before all.
#[test]
fn logic() {
    check(Context::Span, table::LOGIC);
}

/// Every path of the span, resource and scope contexts gives its value, with and without a prefix.
#[test]
fn paths_of_spans() {
    check(Context::Span, table::SPAN_PATHS);
}

/// Every path of the spanevent context gives its value; those of the span need their prefix.
#[test]
fn paths_of_events() {
    check(Context::SpanEvent, table::EVENT_PATHS);
}

/// Numbers, times and durations are calculated with as Go does.
#[test]
fn calculations() {
    check(Context::Span, table::CALCULATIONS);
}

/// Every converter gives what the Collector's gives.
#[test]
fn converters() {
    check(Context::Span, table::CONVERTERS);
    let conditions = || table::CONVERTERS.iter().map(|(condition, _)| condition);
    for name in sluice_ottl::converters() {
        let call = format!("{name}(");
        assert!(conditions().any(|condition| condition.contains(&call)), "no case for {name}");
    }
}

/// What is wrong in a condition is refused before it is evaluated, with its column.
#[test]
fn mistakes() {
    check_refusals(Context::Span, table::MISTAKES);
    check_refusals(Context::SpanEvent, table::EVENT_MISTAKES);
}

/// What a row makes impossible is a fault with its column, and no answer.
#[test]
fn faults() {
    check_refusals(Context::Span, table::FAULTS);
}

/// The mark stands below the mistake, in long conditions and behind characters of several bytes, too.
#[test]
fn excerpts() {
    let error = evaluate("name == \"gr\u{fc}n\" and nmae == \"x\"", Context::Span).unwrap_err();
    let expected = "error at column 20: `span` has no field `nmae`; did you mean `name`?\n    \
                    name == \"gr\u{fc}n\" and nmae == \"x\"\n                       ^";
    assert_eq!(error, expected);
    let long = format!("name == \"{}\" and nmae == \"{}\"", "a".repeat(100), "b".repeat(100));
    let error = evaluate(&long, Context::Span).unwrap_err();
    let lines: Vec<_> = error.lines().collect();
    assert!(lines[0].starts_with("error at column 116: "));
    assert!(lines[1].starts_with("    ...aaa") && lines[1].ends_with("bbb..."));
    assert_eq!(lines[1].find("nmae"), lines[2].find('^'));
}

/// A condition is bounded in its length and its depth, and what is just within is answered.
#[test]
fn bounds() {
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(evaluate(&nested(sluice_ottl::syntax::MAX_DEPTH), Context::Span), Ok(true));
    let error = evaluate(&nested(sluice_ottl::syntax::MAX_DEPTH + 1), Context::Span).unwrap_err();
    assert!(error.contains("nested at most 64 levels"), "{error}");
    for brackets in ["[", "{\"a\":", "Len(", "attributes[", "not (", "-("] {
        let hostile = brackets.repeat(2000);
        assert!(evaluate(&hostile, Context::Span).is_err(), "{brackets}");
    }
    let chain = format!("1 == 1{}", " or 1 == 2 and 2 + 2 * 3 == 8".repeat(500));
    assert_eq!(evaluate(&chain, Context::Span), Ok(true));
    let error = evaluate(&format!("name == \"{}\"", "a".repeat(20_000)), Context::Span).unwrap_err();
    assert!(error.contains("at most 16384 bytes"), "{error}");
}
