//! `composite` (the Collector's TestCompositeEvaluatorNotSampled, ...Sampled, ...Throttling, Test2SubpolicyThrottling and kin).

use opentelemetry_proto::tonic::common::v1::any_value::Value;

use crate::harness::Simulation;
use crate::spans::{SpanExt, span, spans};
use crate::table::{N, S, check};

/// A composite whose parts are two ranges of numbers, or one and all.
fn composite(total: u32, more: &str, parts: &str) -> String {
    format!(
        "policies:\n- {{name: it, type: composite, composite: {{max_total_spans_per_second: {total}, {more} \
         composite_sub_policy: [{parts}]}}}}\n"
    )
}

/// So many traces of one span each, that come together; how many are kept.
fn kept(simulation: &mut Simulation, first: u64, traces: u64) -> usize {
    simulation.send((first..first + traces).map(|trace| span().of(trace)));
    simulation.pass(1000);
    simulation.released_count()
}

/// Guarantees: V31: where no part samples a trace, it is not sampled.
#[test]
fn no_part_is_no_vote() {
    check([(
        "V31",
        "type: composite, composite: {max_total_spans_per_second: 1000, composite_sub_policy: [\
         {name: one, type: numeric_attribute, numeric_attribute: {key: tag, min_value: 200, max_value: 300}}, \
         {name: two, type: numeric_attribute, numeric_attribute: {key: tag, min_value: 400, max_value: 500}}]}",
        vec![spans(1)],
        vec![N],
    )]);
}

/// Guarantees: V32: the part that samples a trace is named, in explanations and, with `record_policy`, on its scopes.
#[test]
fn the_part_is_named() {
    let parts = "{name: numbers, type: numeric_attribute, numeric_attribute: {key: tag, min_value: 400, max_value: 500}}, \
                 {name: rest, type: always_sample}";
    let mut simulation = Simulation::new(&format!("record_policy: true\n{}", composite(1000, "", parts)));
    simulation.send([span().root().of(1), span().root().of(2).with("tag", Value::IntValue(450))]);
    simulation.pass(30_000);
    for (trace, part) in [(1, "rest"), (2, "numbers")] {
        let explained = simulation.explained(&crate::spans::id(trace));
        assert_eq!((explained.decision, explained.part.as_deref()), (S, Some(part)));
    }
    let named = simulation.released_requests().concat().into_iter().flat_map(|resource| resource.scope_spans);
    let named: std::collections::BTreeMap<_, _> = named
        .map(|scope| {
            let marks = scope.scope.unwrap().attributes.into_iter();
            let marks = marks.map(|pair| (pair.key, pair.value.unwrap().value.unwrap()));
            (scope.spans[0].trace_id[15], marks.collect::<Vec<_>>())
        })
        .collect();
    let marks = |part| {
        let text = |key: &str, text: &str| (key.to_owned(), Value::StringValue(text.to_owned()));
        vec![text("tailsampling.policy", "it"), text("tailsampling.composite_policy", part)]
    };
    assert_eq!(named, [(1, marks("rest")), (2, marks("numbers"))].into());
}

/// Guarantees: V34: a part may have more than the total, of which it then gets all.
#[test]
fn the_total_is_kept_to() {
    let parts = "{name: all, type: always_sample}";
    let mut simulation = Simulation::new(&format!(
        "decision_wait: 1s\n{}",
        composite(10, "rate_allocation: [{policy: all, percent: 200}],", parts)
    ));
    assert_eq!(kept(&mut simulation, 1, 10), 10);
}

/// Guarantees: V35: a second has what the total allows, whatever was asked for in it, and the next one has it again.
#[test]
fn each_second_has_its_total() {
    let block = composite(10, "", "{name: all, type: always_sample}");
    let mut simulation = Simulation::new(&format!("decision_wait: 500ms\n{block}"));
    simulation.send((1..=20).map(|trace| span().of(trace)));
    simulation.pass(700);
    assert_eq!(simulation.released_count(), 10);
    simulation.send((21..=40).map(|trace| span().of(trace)));
    simulation.pass(200);
    assert_eq!((simulation.released_count(), simulation.held().traces), (0, 20), "the second is not over");
    simulation.pass(500);
    assert_eq!(simulation.released_count(), 10);
}

/// Guarantees: V37: shares are a percentage of the total; a part without one, or with zero, has the total over all parts.
#[test]
fn shares_are_worked_out() {
    let two = "{name: one, type: numeric_attribute, numeric_attribute: {key: tag, min_value: 1}}, \
               {name: two, type: always_sample}";
    for (more, expected) in [
        ("rate_allocation: [{policy: one, percent: 25}],", [25, 50]),
        ("rate_allocation: [{policy: one, percent: 0}],", [50, 50]),
        ("", [50, 50]),
    ] {
        let mut simulation = Simulation::new(&format!("decision_wait: 1s\n{}", composite(100, more, two)));
        let first = (1..=100).map(|trace| span().of(trace).with("tag", Value::IntValue(5)));
        let second = (101..=200).map(|trace| span().of(trace));
        simulation.send(first.chain(second));
        simulation.pass(1000);
        let released = simulation.released();
        let of_first = released.iter().filter(|span| !span.attributes.is_empty()).count();
        assert_eq!([of_first, released.len() - of_first], expected, "{more}");
    }
}

/// Guarantees: a trace whose part has had its share is refused, as in the Collector; with `overflow: next` the next part may
/// take it.
#[test]
fn a_full_share_refuses_or_falls_through() {
    let two = "{name: one, type: numeric_attribute, numeric_attribute: {key: tag, min_value: 1}}, \
               {name: two, type: always_sample}";
    for (overflow, expected) in [("refuse", 10), ("next", 15)] {
        let more = format!("overflow: {overflow}, rate_allocation: [{{policy: one, percent: 50}}],");
        let mut simulation = Simulation::new(&format!("decision_wait: 1s\n{}", composite(20, &more, two)));
        let slow = |trace| span().of(trace).with("tag", Value::IntValue(5));
        simulation.send((1..=15).map(slow));
        simulation.pass(1000);
        assert_eq!(simulation.released_count(), expected, "{overflow}");
    }
}
