//! Traces that are decided though not all of them is there; times that are told.

use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use sluice_plugin::Vote;

use super::*;
use crate::decide::Incomplete;
use crate::testing::{always, at, child, decoded, of, payload, policy, shard, with};
use crate::{Rule, SamplingSettings};

fn settings() -> SamplingSettings {
    SamplingSettings { decision_wait: Duration::from_secs(1), ..SamplingSettings::default() }
}

fn ingest(shard: &mut Shard, millis: u64, spans: Vec<Span>) {
    let all = 0..spans.len() as u32;
    shard.ingest(&payload(vec![of("shop", "http", spans)]), std::slice::from_ref(&all), at(millis));
}

/// One that is whole, one without a root, and one whose middle is missing.
fn three(shard: &mut Shard) {
    ingest(shard, 0, vec![child(1, 2, 1), child(2, 2, 1), child(3, 3, 2)]);
    ingest(shard, 10, vec![child(1, 1, 0), child(3, 1, 0)]);
}

/// By trace, what its scopes are marked with.
fn marks(shard: &mut Shard) -> Vec<(u8, Vec<(String, String)>)> {
    let scopes = decoded(&shard.take_released()).into_iter().flat_map(|resource| resource.scope_spans);
    let marks = scopes.map(|scope| {
        let attributes = scope.scope.into_iter().flat_map(|scope| scope.attributes);
        let text = |value: Option<opentelemetry_proto::tonic::common::v1::AnyValue>| format!("{value:?}");
        let attributes = attributes.map(|pair| (pair.key, text(pair.value))).collect();
        (scope.spans[0].trace_id[15], attributes)
    });
    let mut marks: Vec<_> = marks.collect();
    marks.sort();
    marks
}

/// Guarantees: traces without a root, and with one but without the parent of a span, are counted once each, explained, and
/// marked where marks are asked for.
#[test]
fn incomplete_traces_are_counted_and_marked() {
    let recorded = SamplingSettings { record_policy: true, ..settings() };
    let mut shard = shard(recorded, vec![policy("all", always(Vote::Sampled))]);
    three(&mut shard);
    shard.tick(at(2000));
    let counters = &shard.shared.counters;
    assert_eq!(counters.incomplete(), (1, 1));
    let mut explained: Vec<_> = shard.shared.explanations.last(9, false);
    explained.sort_by_key(|explained| explained.trace_id);
    let found: Vec<_> = explained.iter().map(|explained| explained.incomplete).collect();
    assert_eq!(found, [None, Some(Incomplete::NoRoot), Some(Incomplete::MissingParent)]);
    let incomplete = marks(&mut shard).into_iter().map(|(trace, marks)| {
        let mark = marks.into_iter().find(|(key, _)| key == "tailsampling.incomplete");
        (trace, mark.map(|(_, value)| value).unwrap_or_default())
    });
    let incomplete: Vec<_> = incomplete.collect();
    assert!(incomplete[0] == (1, String::new()), "{incomplete:?}");
    assert!(incomplete[1].1.contains("no_root") && incomplete[2].1.contains("missing_parent"));
}

/// Guarantees: where nobody asks for marks, there are none, and what is not kept is counted as well.
#[test]
fn nothing_is_marked_unless_asked_for() {
    let mut shard = shard(settings(), vec![policy("third", with("3"))]);
    three(&mut shard);
    shard.tick(at(2000));
    assert_eq!(shard.shared.counters.incomplete(), (1, 1));
    assert_eq!(marks(&mut shard), [(3, Vec::new())]);
}

/// Guarantees: with `span-ingest`, what counts is all of the trace that was there at its decision.
#[test]
fn pieces_that_decide_are_not_all() {
    let settings = SamplingSettings { decides_on_ingest: true, ..settings() };
    let mut shard = shard(settings, vec![policy("last", with("9"))]);
    ingest(&mut shard, 0, vec![child(1, 1, 0), child(2, 1, 0)]);
    ingest(&mut shard, 10, vec![child(1, 9, 1), child(2, 9, 8)]);
    assert_eq!(shard.shared.counters.incomplete(), (0, 1));
    ingest(&mut shard, 20, vec![child(3, 2, 1)]);
    shard.tick(at(2000));
    assert_eq!(shard.shared.counters.incomplete(), (1, 1));
}

/// Guarantees: a decision names the load of each leaf that a policy is made of, in the order of the file.
#[test]
fn every_leaf_has_its_load() {
    let leaf = |name, epoch| {
        let votes = |batch: &sluice_otlp::columns::Batch| {
            let traces = batch.tables.iter().find(|rows| rows.table == sluice_otlp::columns::Table::Traces);
            vec![Vote::Sampled; traces.map_or(0, |rows| rows.count as usize)]
        };
        crate::testing::OfBatch { name, epoch, fields: Vec::new(), votes: Arc::new(votes) }.rule()
    };
    let both = Rule::And(vec![leaf("slow", 3), Rule::Not(Box::new(leaf("probe", 7)))]);
    let policies =
        vec![policy("first", leaf("first", 1)), policy("both", both), policy("last", leaf("last", 5))];
    let mut shard = shard(settings(), policies);
    three(&mut shard);
    shard.tick(at(2000));
    let explained = shard.shared.explanations.last(1, false);
    let leaves = |vote: &crate::ExplainedVote| {
        vote.leaves
            .iter()
            .map(|leaf| format!("{} {}", leaf.policy, leaf.epoch))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let leaves: Vec<_> = explained[0].votes.iter().map(leaves).collect();
    assert_eq!(leaves, ["first 1", "slow 3, probe 7", "last 5"]);
}

/// Guarantees: the age of the oldest trace, and the waits that traces got, are told at every tick.
#[test]
fn times_are_told() {
    let mut shard = shard(settings(), vec![policy("all", always(Vote::Sampled))]);
    shard.tick(at(0));
    assert!(shard.shared.counters.waits[0].get().is_nan(), "nothing was decided yet");
    ingest(&mut shard, 100, vec![child(1, 1, 0)]);
    ingest(&mut shard, 700, vec![child(2, 1, 0)]);
    shard.tick(at(1000));
    let oldest = |shard: &Shard| shard.shared.counters.oldest.get();
    assert!((oldest(&shard) - 0.9).abs() < 1e-9);
    shard.tick(at(1100));
    assert!((oldest(&shard) - 0.4).abs() < 1e-9);
    shard.tick(at(1900));
    assert!(oldest(&shard).abs() < 1e-9, "none is held");
    let waits = shard.shared.counters.waits.each_ref().map(|wait| (wait.get() * 10.0).round());
    assert_eq!(waits, [10.0, 10.0], "1.0 s and 1.2 s: the lesser one is the median");
}

/// Guarantees: the age of spans that come late is that of the decision which they follow, in whole seconds, whatever that
/// was; the metrics have the names that dashboards know, and those of the documentation.
#[test]
fn late_spans_tell_their_age() {
    let mut registry = prometheus_client::registry::Registry::default();
    let policies = vec![policy("third", with("3"))];
    let mut shard = Shard::new(crate::testing::shared_in(&mut registry, settings(), policies));
    three(&mut shard);
    shard.tick(at(2000));
    ingest(&mut shard, 5900, vec![child(1, 5, 1)]);
    ingest(&mut shard, 62_000, vec![child(3, 5, 1)]);
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, &registry).expect("text");
    let late = "otelcol_processor_tail_sampling_sampling_late_span_age_seconds";
    for line in [
        &format!("{late}_sum{{processor=\"tail_sampling\"}} 63.0"),
        &format!("{late}_count{{processor=\"tail_sampling\"}} 2"),
        "sluice_sampler_traces_without_root_total{processor=\"tail_sampling\"} 1",
        "sluice_sampler_traces_with_missing_parent_total{processor=\"tail_sampling\"} 1",
        "sluice_sampler_oldest_trace_age_seconds{processor=\"tail_sampling\"} 0.0",
        "sluice_sampler_wait_seconds{processor=\"tail_sampling\",quantile=\"0.01\"} 2.0",
        "sluice_sampler_wait_seconds{processor=\"tail_sampling\",quantile=\"0.5\"} 2.0",
    ] {
        assert!(page.lines().any(|other| other.starts_with(line)), "{line}\n{page}");
    }
}
