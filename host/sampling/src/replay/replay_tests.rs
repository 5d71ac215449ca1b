use opentelemetry_proto::tonic::trace::v1::Span;
use proptest::prelude::*;
use sluice_plugin::Vote;

use super::*;
use crate::testing::{EPOCH, always, id, leaf, of, policy, request, span, with};
use crate::{Decision, Trigger};

const SECOND: u64 = 1_000_000_000;

fn settings() -> SamplingSettings {
    SamplingSettings { decision_wait: Duration::from_secs(10), ..SamplingSettings::default() }
}

/// A span that ends so many seconds after the epoch.
fn ended(trace: u64, name: &str, second: u64) -> Span {
    let end = EPOCH + second * SECOND;
    Span { start_time_unix_nano: end - 1, end_time_unix_nano: end, ..span(trace, name) }
}

fn take(replay: &mut Replay, service: &str, spans: Vec<Span>) -> Vec<Replayed> {
    let request = request(vec![of(service, "scope", spans)]);
    let arrival = arrival(&request).unwrap_or(0);
    replay.take(&request, arrival)
}

/// Guarantees: traces wait by the clock of the recording, however short the replay takes, and all is decided in the end.
#[test]
fn the_clock_is_that_of_the_recording() {
    let mut replay = Replay::new(settings(), vec![policy("good", with("good"))]);
    assert!(take(&mut replay, "shop", vec![ended(1, "good", 0)]).is_empty());
    assert!(take(&mut replay, "cart", vec![ended(1, "other", 9), ended(2, "bad", 5)]).is_empty());
    let decided = take(&mut replay, "shop", vec![ended(3, "good", 3600)]);
    assert_eq!(decided.len(), 2);
    let [first, second] = &decided[..] else { panic!("two") };
    assert_eq!((first.decision.trace_id, first.decision.decision), (id(1), Decision::Sampled));
    assert_eq!((first.decision.received, first.decision.decided), (EPOCH, EPOCH + 10 * SECOND));
    assert_eq!((second.decision.trace_id, second.decision.decision), (id(2), Decision::NotSampled));
    assert_eq!(second.decision.decided, EPOCH + 19 * SECOND);
    let shares: Vec<_> = first.services.iter().map(|share| (&share.service[..], share.spans)).collect();
    assert_eq!(shares, [("cart", 1), ("shop", 1)]);
    let bytes: u64 = first.services.iter().map(|share| share.bytes).sum();
    assert_eq!(bytes, u64::from(first.decision.bytes));

    let last = replay.finish();
    assert_eq!(last.len(), 1);
    assert_eq!(last[0].decision.trigger, Trigger::Timeout);
    assert_eq!(replay.clock(), EPOCH + 3610 * SECOND);
    assert_eq!(replay.kept_spans(), 3);
    let kept = bytes + u64::from(last[0].decision.bytes);
    assert_eq!(replay.kept_bytes(), kept);
}

/// Guarantees: time never goes back; what comes after the decision on its trace follows it, and is counted.
#[test]
fn the_clock_never_goes_back() {
    let mut replay = Replay::new(settings(), vec![policy("good", with("good"))]);
    take(&mut replay, "shop", vec![ended(1, "good", 0), ended(2, "bad", 0)]);
    assert_eq!(take(&mut replay, "shop", vec![ended(3, "bad", 100)]).len(), 2);
    take(&mut replay, "shop", vec![ended(1, "late", 1), ended(2, "late", 1), ended(4, "good", 1)]);
    assert_eq!(replay.late_spans(), [1, 1]);
    let received: Vec<u64> = replay.finish().iter().map(|one| one.decision.received).collect();
    assert_eq!(received, [EPOCH + 100 * SECOND; 2]);
    assert_eq!(replay.kept_spans(), 3);
}

/// Guarantees: a trace that there is no room for is decided at the next tick, as in life, not when the next one is due.
#[test]
fn evictions_come_at_once() {
    let settings = SamplingSettings { num_traces: 1, ..settings() };
    let mut replay = Replay::new(settings, vec![policy("all", always(Vote::Sampled))]);
    take(&mut replay, "shop", vec![ended(1, "a", 0)]);
    take(&mut replay, "shop", vec![ended(2, "b", 1)]);
    let decided = take(&mut replay, "shop", vec![ended(3, "c", 2)]);
    assert_eq!(decided.len(), 1);
    assert_eq!((decided[0].decision.trace_id, decided[0].decision.trigger), (id(1), Trigger::Eviction));
    assert_eq!(decided[0].decision.decided, EPOCH + SECOND + SECOND / 10);
}

/// Guarantees: times of no sense, from 0 to the last one, end in decisions and take no time to speak of.
#[test]
fn odd_times_do_no_harm() {
    let at =
        |trace, start, end| Span { start_time_unix_nano: start, end_time_unix_nano: end, ..span(trace, "a") };
    let mut replay = Replay::new(settings(), vec![policy("all", always(Vote::Sampled))]);
    let mut decided = Vec::new();
    for span in [at(1, 0, 0), at(2, 7, 0), at(3, 0, u64::MAX), at(4, u64::MAX, 1), at(5, 0, EPOCH)] {
        decided.extend(take(&mut replay, "shop", vec![span]));
    }
    decided.extend(replay.finish());
    assert_eq!(decided.len(), 5);
    assert_eq!(replay.kept_spans(), 5);
}

/// Guarantees: a request arrives when its latest span ended, or began where it has no end.
#[test]
fn a_request_arrives_with_its_latest_span() {
    let of_times = |times: &[(u64, u64)]| {
        let spans = times.iter().map(|(start, end)| Span {
            start_time_unix_nano: *start,
            end_time_unix_nano: *end,
            ..span(1, "a")
        });
        arrival(&request(vec![of("shop", "scope", spans.collect())]))
    };
    assert_eq!(of_times(&[(1, 5), (2, 4), (6, 0)]), Some(6));
    assert_eq!(of_times(&[(1, 5), (9, 4)]), Some(5));
    assert_eq!(of_times(&[(0, 0)]), None);
    assert_eq!(of_times(&[]), None);
}

/// Guarantees: a trace of no service has one without a name.
#[test]
fn a_service_may_have_no_name() {
    let mut replay = Replay::new(settings(), vec![policy("all", always(Vote::Sampled))]);
    let mut nameless = of("", "scope", vec![ended(1, "a", 0)]);
    nameless.resource = None;
    let request = request(vec![nameless]);
    replay.take(&request, EPOCH);
    let decided = replay.finish();
    assert_eq!(decided[0].services.len(), 1);
    assert_eq!((&decided[0].services[0].service[..], decided[0].services[0].spans), ("", 1));
}

proptest! {
    /// Whatever comes, in whatever order: the same again gives the same again, and each decision has its own trace's services.
    #[test]
    fn twice_is_the_same(
        spans in prop::collection::vec((0_u64..40, 0_u64..60, 0_usize..3), 1..120),
        num_traces in 1_u64..30,
        cache in 0_u64..40,
        on_ingest in any::<bool>(),
    ) {
        let run = || {
            let settings = SamplingSettings {
                num_traces,
                sampled_cache: cache,
                non_sampled_cache: cache,
                decides_on_ingest: on_ingest,
                max_trace_bytes: Some(400),
                ..settings()
            };
            let many = leaf(|names, spans| if spans as usize > names[0].len() { Vote::Sampled } else { Vote::NotSampled });
            let mut replay = Replay::new(settings, vec![policy("many", many)]);
            let mut decided = Vec::new();
            for (trace, second, service) in &spans {
                let services = ["a", "b", "c"];
                decided.extend(take(&mut replay, services[*service], vec![ended(*trace, "x", *second)]));
            }
            decided.extend(replay.finish());
            (decided, replay.kept_spans(), replay.kept_bytes(), replay.late_spans())
        };
        let (decided, kept, bytes, late) = run();
        for one in &decided {
            let of_services: u64 = one.services.iter().map(|share| share.spans).sum();
            prop_assert_eq!(of_services, u64::from(one.decision.spans));
        }
        let in_decisions: u64 = decided.iter().map(|one| u64::from(one.decision.spans)).sum();
        prop_assert_eq!(in_decisions + late[0] + late[1], spans.len() as u64, "every span is accounted for");
        prop_assert_eq!(run(), (decided, kept, bytes, late));
    }
}
