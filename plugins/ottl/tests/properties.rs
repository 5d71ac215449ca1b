//! What holds for every condition.

mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sluice_ottl::Context;
use sluice_ottl::syntax::{Argument, At, Call, Comparison, Expression, Literal, Operator, Segment, parse};
use support::check;

fn literals() -> impl Strategy<Value = Expression> {
    prop_oneof![
        Just(Literal::Nil),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Int),
        any::<f64>().prop_filter("JSON has no others", |value| value.is_finite()).prop_map(Literal::Double),
        ".{0,12}".prop_map(Literal::Text),
        vec(any::<u8>(), 1..5).prop_map(Literal::Bytes),
    ]
    .prop_map(|literal| Expression::Literal(literal, At::default()))
}

fn lower_case() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_]{0,6}",
        prop::sample::select(vec!["attributes", "name", "span", "resource", "trace_state", "status", "code"])
            .prop_map(str::to_owned),
    ]
    .prop_filter("words of the language", |name| {
        !matches!(name.as_str(), "nil" | "true" | "false" | "and" | "or" | "not")
    })
}

fn converters() -> impl Strategy<Value = String> {
    let known: Vec<_> = sluice_ottl::converters().map(str::to_owned).collect();
    prop_oneof![1 => "[A-Z][A-Za-z0-9_]{0,6}", 4 => prop::sample::select(known)]
}

fn operators() -> impl Strategy<Value = [Operator; 2]> {
    prop_oneof![Just([Operator::Add, Operator::Subtract]), Just([Operator::Multiply, Operator::Divide])]
}

fn values() -> impl Strategy<Value = Expression> {
    let leaves = prop_oneof![
        literals(),
        "[A-Z][A-Z0-9_]{0,6}".prop_map(|name| Expression::Enum(name, At::default())),
        lower_case().prop_map(|name| Expression::Path(vec![segment(name, Vec::new())])),
    ];
    leaves.prop_recursive(4, 24, 4, |inner| {
        let values = || vec(inner.clone(), 0..4);
        let segments = (lower_case(), vec(inner.clone(), 0..3)).prop_map(|(name, keys)| segment(name, keys));
        let number = inner.clone().prop_filter("calculated with", is_number);
        let rest = vec((any::<bool>(), number.clone()), 1..4);
        prop_oneof![
            vec(segments, 1..4).prop_map(Expression::Path),
            (converters(), vec((option::of(lower_case()), inner.clone()), 0..4), values()).prop_map(call),
            values().prop_map(|items| Expression::List(items, At::default())),
            vec((".{0,4}", inner.clone()), 0..4).prop_map(|entries| Expression::Map(entries, At::default())),
            number
                .clone()
                .prop_filter("a sign goes into a literal", |value| !matches!(value, Expression::Literal(..)))
                .prop_map(|value| Expression::Negative(Box::new(value), At::default())),
            (operators(), number, rest).prop_map(|([one, other], first, rest)| {
                let rest = rest.into_iter();
                let rest = rest.map(|(which, value)| (if which { one } else { other }, value, At::default()));
                Expression::Arithmetic(Box::new(first), rest.collect())
            }),
        ]
    })
}

fn segment(name: String, keys: Vec<Expression>) -> Segment {
    Segment { name, keys, at: At::default() }
}

type Given = Vec<(Option<String>, Expression)>;

fn call((name, arguments, keys): (String, Given, Vec<Expression>)) -> Expression {
    let arguments = arguments.into_iter().map(|(name, value)| Argument {
        name: name.unwrap_or_default(),
        value,
        at: At::default(),
    });
    Expression::Call(Call { name, arguments: arguments.collect(), keys, at: At::default() })
}

fn is_number(value: &Expression) -> bool {
    match value {
        Expression::Literal(literal, _) => matches!(literal, Literal::Int(_) | Literal::Double(_)),
        value => !matches!(value, Expression::List(..) | Expression::Map(..)),
    }
}

fn conditions() -> impl Strategy<Value = Expression> {
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ]);
    let leaves = (comparison, values(), values()).prop_map(|(comparison, left, right)| {
        Expression::Compare(comparison, Box::new(left), Box::new(right), At::default())
    });
    leaves.prop_recursive(4, 16, 3, |inner| {
        let several = || vec(inner.clone(), 2..4);
        prop_oneof![
            inner.clone().prop_map(|condition| Expression::Not(Box::new(condition), At::default())),
            several().prop_map(Expression::And),
            several().prop_map(Expression::Or),
        ]
    })
}

proptest! {
    /// A condition that is printed and read again is the same.
    #[test]
    fn printing_loses_nothing(condition in conditions()) {
        let text = condition.to_string();
        prop_assert_eq!(parse(&text), Ok(condition), "{}", text);
    }

    /// Any text is answered or refused, with a place that is within it.
    #[test]
    fn any_text_is_answered_or_refused(text in ".{0,80}") {
        check(&text);
    }

    /// So is what looks much like a condition.
    #[test]
    fn so_is_almost_any_condition(
        text in r#"([a-z]{1,4}|[A-Z][a-z]{1,3}|[0-9.ex]{1,4}|"[^"]{0,3}"?|[-+*/=!<>()\[\]{},.: ]|and |or |not |attributes|span\.){0,24}"#
    ) {
        check(&text);
    }

    /// And any condition of known names, whatever types it mixes.
    #[test]
    fn whatever_can_be_written_is_evaluated_or_refused(condition in conditions()) {
        check(&condition.to_string());
    }

    /// A time is the same after it was written and read, in every layout that says all of it, and its weekdays follow
    /// each other.
    #[test]
    fn times_are_read_as_they_are_written(seconds in -9_000_000_000_i64..9_000_000_000) {
        for layout in ["%Y-%m-%dT%H:%M:%S", "%A, %e %B %Y %I:%M:%S %p", "%F %T %z", "%c %j"] {
            let condition = format!(r#"Time(FormatTime(Unix({seconds}), "{layout}"), "{layout}") == Unix({seconds})"#);
            prop_assert_eq!(support::evaluate(&condition, Context::Span), Ok(true), "{}", condition);
        }
        let weekday = (4 + seconds.div_euclid(86_400)).rem_euclid(7);
        let condition = format!("Weekday(Unix({seconds})) == {weekday}");
        prop_assert_eq!(support::evaluate(&condition, Context::Span), Ok(true), "{}", condition);
    }

    /// A duration is as long as its parts.
    #[test]
    fn durations_are_the_sum_of_their_parts(hours in 0_u32..1000, minutes in 0_u32..60, millis in 0_u32..60_000) {
        let (seconds, rest) = (millis / 1000, millis % 1000);
        let nanos = (i64::from(hours) * 3600 + i64::from(minutes) * 60) * 1_000_000_000 + i64::from(millis) * 1_000_000;
        for (sign, nanos) in [("", nanos), ("-", -nanos)] {
            let condition =
                format!(r#"Nanoseconds(Duration("{sign}{hours}h{minutes}m{seconds}.{rest:03}s")) == {nanos}"#);
            prop_assert_eq!(support::evaluate(&condition, Context::Span), Ok(true), "{}", condition);
        }
    }
}
