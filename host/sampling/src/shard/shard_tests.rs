//! A shard in simulated time.

use std::time::Duration;

use proptest::prelude::*;
use sluice_plugin::Vote;

use super::*;
use crate::testing::{always, at, decoded, leaf, names, of, payload, policy, shard, span, with};
use crate::{Rule, SamplingSettings};

fn wait(seconds: u64) -> SamplingSettings {
    SamplingSettings { decision_wait: Duration::from_secs(seconds), ..SamplingSettings::default() }
}

fn keep_all() -> Vec<crate::PolicyRule> {
    vec![policy("all", always(Vote::Sampled))]
}

/// A request of spans of one scope, all of which fall to the shard.
fn ingest(shard: &mut Shard, millis: u64, spans: &[(u64, &str)]) {
    let spans: Vec<_> = spans.iter().map(|(trace, name)| span(*trace, name)).collect();
    let count = spans.len() as u32;
    let all = 0..count;
    shard.ingest(&payload(vec![of("shop", "http", spans)]), std::slice::from_ref(&all), at(millis));
}

fn tick(shard: &mut Shard, millis: u64) -> Vec<(u64, String)> {
    shard.tick(at(millis));
    names(&shard.take_released())
}

fn name(trace: u64, name: &str) -> (u64, String) {
    (trace, name.to_owned())
}

/// Guarantees (the Collector's TraceIntegrity): what came in several pieces, resources and scopes goes out with the
/// same grouping, each resource and scope once, schema URLs kept.
#[test]
fn a_trace_keeps_its_grouping() {
    let mut shard = shard(wait(1), keep_all());
    let pieces = [("shop", "http", "a"), ("shop", "db", "b"), ("cart", "http", "c"), ("shop", "http", "d")];
    for (service, scope, name) in pieces {
        let only = 0..1;
        let payload = payload(vec![of(service, scope, vec![span(1, name)])]);
        shard.ingest(&payload, std::slice::from_ref(&only), at(0));
    }
    shard.tick(at(1000));
    let mut resources = decoded(&shard.take_released());
    assert_eq!(resources.len(), 2);
    resources.iter_mut().for_each(|resource| resource.scope_spans.sort_by_key(|scope| scope.spans.len()));
    let expected = |service, scope: &str, names: &[&str]| {
        of(service, scope, names.iter().map(|name| span(1, name)).collect())
    };
    let mut shop = expected("shop", "db", &["b"]);
    shop.scope_spans.extend(expected("shop", "http", &["a", "d"]).scope_spans);
    assert!(resources.contains(&shop), "{resources:#?}");
    assert!(resources.contains(&expected("cart", "http", &["c"])));
}

/// Guarantees: a decision comes when `decision_wait` has passed since the first span, to 100 ms, and not before; it
/// covers all that came until then; a tick that is late makes up for those before it.
#[test]
fn a_decision_waits_as_long_as_it_should() {
    let mut shard = shard(wait(2), keep_all());
    ingest(&mut shard, 50, &[(1, "a")]);
    ingest(&mut shard, 1900, &[(1, "b"), (2, "c")]);
    assert_eq!(tick(&mut shard, 2049), []);
    assert_eq!(tick(&mut shard, 2100), [name(1, "a"), name(1, "b")]);
    assert_eq!(tick(&mut shard, 60_000), [name(2, "c")]);
}

/// Guarantees (the Collector's SubSecondDecisionTime): less than a tick, and nothing at all, is the next tick.
#[test]
fn no_wait_is_the_next_tick() {
    let settings = SamplingSettings { decision_wait: Duration::ZERO, ..wait(0) };
    let mut shard = shard(settings, keep_all());
    ingest(&mut shard, 120, &[(1, "a")]);
    assert_eq!(tick(&mut shard, 199), []);
    assert_eq!(tick(&mut shard, 200), [name(1, "a")]);
}

/// Guarantees (the Collector's RootReceivedBatcher): a trace whose root has come is decided so long after it, but
/// never later than without.
#[test]
fn a_root_hurries_the_decision() {
    let settings = SamplingSettings { decision_wait_after_root: Some(Duration::from_secs(1)), ..wait(10) };
    let mut shard = shard(settings, keep_all());
    ingest(&mut shard, 0, &[(1, "child"), (2, "child")]);
    ingest(&mut shard, 3000, &[(1, "root")]);
    ingest(&mut shard, 9500, &[(2, "root")]);
    assert_eq!(tick(&mut shard, 3900), []);
    assert_eq!(tick(&mut shard, 4000).len(), 2);
    assert_eq!(tick(&mut shard, 10_000).len(), 2);
    assert_eq!(
        shard.shared.explanations.last(2, false).iter().map(|last| last.trigger).collect::<Vec<_>>(),
        [Trigger::Timeout, Trigger::Root]
    );
}

/// Guarantees: a trace that is quiet is decided, one that is not waits, `decision_wait` at the most.
#[test]
fn a_quiet_trace_is_decided() {
    let settings =
        SamplingSettings { decision_wait_after_last_span: Some(Duration::from_secs(1)), ..wait(3) };
    let mut shard = shard(settings, keep_all());
    for moment in [0, 800, 1600, 2400] {
        ingest(&mut shard, moment, &[(1, "a")]);
    }
    ingest(&mut shard, 0, &[(2, "b")]);
    assert_eq!(tick(&mut shard, 1000), [name(2, "b")]);
    assert_eq!(tick(&mut shard, 2900), []);
    assert_eq!(tick(&mut shard, 3000).len(), 4);
}

/// Guarantees (the Collector's LateArrivingSpanUsesDecisionCache and kin): spans that come after the decision follow
/// it, at once.
#[test]
fn late_spans_follow_the_decision() {
    let mut shard = shard(wait(1), vec![policy("a", with("a"))]);
    ingest(&mut shard, 0, &[(1, "a"), (2, "b")]);
    assert_eq!(tick(&mut shard, 1000), [name(1, "a")]);
    // The second would be sampled now, had it not been decided.
    ingest(&mut shard, 1500, &[(1, "late"), (2, "a")]);
    assert_eq!(names(&shard.take_released()), [name(1, "late")]);
    assert_eq!(tick(&mut shard, 10_000), []);
}

/// Guarantees: without a cache, a trace that was decided begins again.
#[test]
fn without_a_cache_a_trace_begins_again() {
    let settings = SamplingSettings { sampled_cache: 0, non_sampled_cache: 0, ..wait(1) };
    let mut shard = shard(settings, vec![policy("a", with("a"))]);
    ingest(&mut shard, 0, &[(1, "b")]);
    assert_eq!(tick(&mut shard, 1000), []);
    ingest(&mut shard, 1500, &[(1, "a")]);
    assert_eq!(tick(&mut shard, 2500), [name(1, "a")]);
}

/// Guarantees (unlike the Collector's SequentialTraceMapSize): where there is no room, the oldest are decided on what
/// is there, and nothing is lost; late spans follow.
#[test]
fn eviction_is_a_decision() {
    let settings = SamplingSettings { num_traces: 100, ..wait(10) };
    let mut shard = shard(settings, vec![policy("a", with("a"))]);
    for trace in 1..=210 {
        ingest(&mut shard, trace, &[(trace, if trace % 2 == 0 { "a" } else { "b" })]);
    }
    let evicted = tick(&mut shard, 300);
    assert_eq!(evicted, (1..=55).map(|half| name(2 * half, "a")).collect::<Vec<_>>());
    assert_eq!(shard.shared.traces(), 100);
    assert_eq!(tick(&mut shard, 20_000).len(), 50);
    assert_eq!(shard.shared.explanations.last(500, false).len(), 210);
}

/// Guarantees: what is held is bounded in bytes, too, and is nothing in the end.
#[test]
fn bytes_are_bounded() {
    let settings = SamplingSettings { max_bytes: 100_000, ..wait(10) };
    let mut shard = shard(settings, keep_all());
    let large = "x".repeat(1000);
    let mut left = 0;
    for trace in 1..=500 {
        ingest(&mut shard, trace, &[(trace, &large)]);
        left += tick(&mut shard, trace).len();
        assert!(shard.shared.stored_bytes() <= 90_000 + 2000);
    }
    left += tick(&mut shard, 60_000).len();
    assert_eq!(left, 500);
    assert_eq!((shard.shared.stored_bytes(), shard.shared.traces()), (0, 0));
}

/// Guarantees: where nothing that is let out is taken, no more is let out than what is held would take, and what is due waits for
/// that, whole; at the end it is let out.
#[test]
fn what_is_not_taken_is_waited_for() {
    let settings = SamplingSettings { max_bytes: 100_000, decision_wait: Duration::ZERO, ..wait(0) };
    let mut shard = shard(settings, keep_all());
    let large = "x".repeat(1000);
    for trace in 1..=500 {
        ingest(&mut shard, trace * 100, &[(trace, &large)]);
        shard.tick(at(trace * 100));
    }
    let first = names(&shard.take_released()).len();
    assert!((5..100).contains(&first), "{first}");
    let second = tick(&mut shard, 60_000).len();
    assert!(second < 100, "{second}");
    shard.shut_down(at(61_000));
    assert_eq!(first + second + names(&shard.take_released()).len(), 500);
    assert_eq!((shard.shared.stored_bytes(), shard.shared.traces()), (0, 0));
}

/// Guarantees (the Collector's DropLargeTraces): a trace beyond `maximum_trace_size_bytes` is not sampled, nor what
/// comes later.
#[test]
fn large_traces_are_refused() {
    let settings = SamplingSettings { max_trace_bytes: Some(1024), ..wait(1) };
    let mut shard = shard(settings, keep_all());
    let half = "x".repeat(600);
    ingest(&mut shard, 0, &[(1, &half), (2, "small")]);
    ingest(&mut shard, 0, &[(1, &half)]);
    ingest(&mut shard, 0, &[(1, "more")]);
    assert_eq!(tick(&mut shard, 1000), [name(2, "small")]);
}

/// Guarantees: with a dry run a trace beyond `maximum_trace_size_bytes` passes, too, and so does what comes later.
#[test]
fn large_traces_pass_in_a_dry_run() {
    let settings = SamplingSettings { max_trace_bytes: Some(1024), dry_run: true, ..wait(1) };
    let mut shard = shard(settings, keep_all());
    let half = "x".repeat(600);
    ingest(&mut shard, 0, &[(1, &half)]);
    ingest(&mut shard, 0, &[(1, &half)]);
    ingest(&mut shard, 0, &[(1, "more")]);
    let released = shard.take_released();
    assert_eq!(names(&released), [name(1, "more"), name(1, &half), name(1, &half)]);
    assert_eq!(shard.shared.stored_bytes(), 0);
}

/// Guarantees: a trace that is larger than a request may be leaves in pieces, whole.
#[test]
fn a_large_trace_leaves_in_pieces() {
    let mut shard = shard(wait(1), keep_all());
    let large = "x".repeat(100_000);
    for _ in 0..100 {
        ingest(&mut shard, 0, &[(1, &large)]);
    }
    shard.tick(at(1000));
    let released = shard.take_released();
    assert!(released.len() > 1 && released.iter().all(|payload| payload.request.body().len() <= 4 << 20));
    assert_eq!(names(&released).len(), 100);
}

/// Guarantees: at the end everything is decided, or dropped and counted where that is wanted.
#[test]
fn the_end_is_a_decision() {
    for drop_pending_on_shutdown in [false, true] {
        let mut shard = shard(SamplingSettings { drop_pending_on_shutdown, ..wait(10) }, keep_all());
        ingest(&mut shard, 0, &[(1, "a"), (1, "b")]);
        shard.shut_down(at(10));
        let lost = shard.shared.counters.dropped_at_shutdown.get();
        assert_eq!(
            (shard.take_released().len(), lost),
            if drop_pending_on_shutdown { (0, 2) } else { (1, 0) }
        );
        assert_eq!(shard.shared.stored_bytes(), 0);
    }
}

/// Guarantees (the Collector's tests of span-ingest): with `span-ingest` pieces are judged alone as they come; a vote
/// for it releases all that came before; what nobody wanted goes without another question.
#[test]
fn pieces_are_decided_as_they_come() {
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&asked);
    let rule = leaf(move |names, count| {
        seen.lock().expect("not poisoned").push((names.len(), count));
        if names.contains(&"root".to_owned()) { Vote::Sampled } else { Vote::NotSampled }
    });
    let settings = SamplingSettings { decides_on_ingest: true, ..wait(1) };
    let mut shard = shard(settings, vec![policy("root", rule)]);
    ingest(&mut shard, 0, &[(1, "child")]);
    assert_eq!(names(&shard.take_released()), []);
    ingest(&mut shard, 10, &[(1, "root")]);
    assert_eq!(names(&shard.take_released()), [name(1, "child"), name(1, "root")]);
    ingest(&mut shard, 20, &[(1, "after"), (2, "child")]);
    assert_eq!(names(&shard.take_released()), [name(1, "after")]);
    assert_eq!(tick(&mut shard, 2000), []);
    assert_eq!(*asked.lock().expect("not poisoned"), [(1, 1), (1, 2), (1, 1)]);
    ingest(&mut shard, 2100, &[(2, "root")]);
    assert_eq!(tick(&mut shard, 5000), [], "it was decided against");
}

/// Guarantees: with a dry run everything passes, and what would not have is marked.
#[test]
fn a_dry_run_keeps_everything() {
    let settings = SamplingSettings { dry_run: true, ..wait(1) };
    let policies = vec![policy("a", with("a")), policy("no", Rule::Drop(vec![with("health")]))];
    let mut shard = shard(settings, policies);
    ingest(&mut shard, 0, &[(1, "a"), (2, "b"), (3, "health")]);
    shard.tick(at(1000));
    let mut marks = Vec::new();
    for scope in decoded(&shard.take_released()).into_iter().flat_map(|resource| resource.scope_spans) {
        let attributes = scope.scope.into_iter().flat_map(|scope| scope.attributes);
        marks.push((
            scope.spans[0].name.clone(),
            attributes.map(|pair| format!("{:?}", pair.value)).collect::<String>(),
        ));
    }
    marks.sort();
    assert_eq!(marks.len(), 3);
    assert!(marks[0].1.is_empty() && marks[1].1.contains("not_sampled") && marks[2].1.contains("dropped"));
}

/// One span on its way: which trace, what it says, when it comes, and with how many others.
fn arrivals() -> impl Strategy<Value = Vec<(u64, u8, u64)>> {
    prop::collection::vec((1_u64..6, 0_u8..4, 0_u64..900), 1..40)
}

proptest! {
    /// Guarantees: however the spans of traces interleave, and however they are put into requests, as long as they come
    /// in time: the same traces are sampled, and the same spans leave.
    #[test]
    fn arrival_changes_nothing(
        spans in arrivals(),
        order in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1_usize..5, 1..40),
    ) {
        let policies = || vec![
            policy("two of a kind", leaf(|names, count| {
                let zeros = names.iter().filter(|name| *name == "0").count();
                if zeros >= 2 && count < 12 { Vote::Sampled } else { Vote::NotSampled }
            })),
            policy("drop", Rule::Drop(vec![with("3")])),
        ];
        let mut one = shard(wait(1), policies());
        for (trace, kind, _) in &spans {
            ingest(&mut one, 0, &[(*trace, &kind.to_string())]);
        }
        let mut shuffled = spans.clone();
        let middle = order.index(shuffled.len());
        shuffled.rotate_left(middle);
        shuffled.reverse();
        let mut other = shard(wait(1), policies());
        let mut rest = &shuffled[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*size).min(rest.len()));
            let names: Vec<_> = now.iter().map(|(trace, kind, _)| (*trace, kind.to_string())).collect();
            let names: Vec<_> = names.iter().map(|(trace, kind)| (*trace, &kind[..])).collect();
            ingest(&mut other, 0, &names);
            rest = later;
        }
        prop_assert_eq!(tick(&mut one, 1000), tick(&mut other, 1000));
    }

    /// Guarantees: bursts, pauses and late ticks lose nothing and hold nothing for ever: every span leaves once where
    /// all are sampled, and accounts return to nothing.
    #[test]
    fn nothing_is_lost_and_nothing_stays(mut spans in arrivals(), ticks in prop::collection::vec(0_u64..5000, 0..20)) {
        spans.sort_by_key(|(.., moment)| *moment);
        let settings = SamplingSettings {
            num_traces: 3,
            decision_wait_after_root: Some(Duration::from_millis(100)),
            decision_wait_after_last_span: Some(Duration::from_millis(300)),
            ..wait(1)
        };
        let mut shard = shard(settings, keep_all());
        let mut ticks = { let mut ticks = ticks; ticks.sort_unstable(); ticks };
        ticks.push(60_000);
        let mut left = Vec::new();
        for (trace, kind, moment) in &spans {
            while ticks[0] < *moment {
                left.extend(tick(&mut shard, ticks.remove(0)));
            }
            ingest(&mut shard, *moment, &[(*trace, if *kind == 0 { "root" } else { "child" })]);
            left.extend(names(&shard.take_released()));
        }
        for moment in ticks {
            left.extend(tick(&mut shard, moment));
        }
        prop_assert_eq!(left.len(), spans.len());
        prop_assert_eq!((shard.shared.stored_bytes(), shard.shared.traces()), (0, 0));
    }
}
