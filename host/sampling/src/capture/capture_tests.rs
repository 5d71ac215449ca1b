use std::time::Duration;

use super::*;
use crate::SamplingSettings;
use crate::testing::{always, at, decoded, id, of, policy, request, shared, span, with};
use sluice_otlp::{Request, Signal};
use sluice_plugin::Vote;

const WAIT: Duration = Duration::from_secs(1);

fn limits() -> CaptureLimits {
    CaptureLimits { traces: 100, bytes: 1 << 20, waiting_bytes: 1 << 20, until: None }
}

fn settings() -> SamplingSettings {
    SamplingSettings { decision_wait: WAIT, ..SamplingSettings::default() }
}

/// A sampler that keeps traces with a span `good`, which gets two traces in pieces.
fn fill(shared: &Arc<Shared>) -> crate::shard::Shard {
    let mut shard = crate::shard::Shard::new(Arc::clone(shared));
    for (trace, service, name) in [(1, "shop", "good"), (2, "shop", "bad"), (1, "cart", "other")] {
        let request = request(vec![of(service, "scope", vec![span(trace, name)])]);
        let all = 0..request.index().leaves.len() as u32;
        shard.ingest(&Payload::bare(request), &[all], at(0));
    }
    shard
}

fn all(capture: &mut Capture) -> Vec<Request> {
    std::iter::from_fn(|| capture.next_by_now())
        .map(|trace| Request::scan(Signal::Traces, trace).expect("a request"))
        .collect()
}

fn spans(request: &Request) -> Vec<(Vec<u8>, String)> {
    let payload = Payload::bare(request.clone());
    let resources = decoded(&[payload]);
    let scopes = resources.iter().flat_map(|resource| &resource.scope_spans);
    let mut spans: Vec<_> = scopes
        .flat_map(|scope| &scope.spans)
        .map(|span| (span.trace_id.clone(), span.name.clone()))
        .collect();
    spans.sort();
    spans
}

/// Guarantees: what is captured is whole traces, kept and dropped alike, each with its resources, once it is decided.
#[test]
fn whole_traces_are_captured_whatever_becomes_of_them() {
    let shared = shared(settings(), vec![policy("good", with("good"))]);
    let mut shard = fill(&shared);
    let mut capture = Capture::open(vec![Arc::clone(&shared)], limits()).expect("nobody captures");
    assert!(all(&mut capture).is_empty(), "nothing is decided");
    shard.tick(at(1000));
    let mut captured: Vec<_> = all(&mut capture).iter().map(spans).collect();
    captured.sort();
    let of = |trace: u64, name: &str| (id(trace).to_vec(), name.to_owned());
    assert_eq!(captured, [vec![of(1, "good"), of(1, "other")], vec![of(2, "bad")]]);
    assert_eq!(shard.take_released().len(), 1, "and what is kept is passed on as ever");
}

/// Guarantees: a trace that is too large for its policies is captured and explained, too.
#[test]
fn a_large_trace_is_captured() {
    let settings = SamplingSettings { max_trace_bytes: Some(10), ..settings() };
    let shared = shared(settings, vec![policy("all", always(Vote::Sampled))]);
    let mut capture = Capture::open(vec![Arc::clone(&shared)], limits()).expect("nobody captures");
    let _shard = fill(&shared);
    assert_eq!(all(&mut capture).len(), 2);
    let explained = shared.explanations.last(10, true);
    assert_eq!(explained.len(), 2);
    assert!(explained.iter().all(|one| one.votes.is_empty() && one.trigger == crate::Trigger::Size));
}

/// Guarantees: with `span-ingest` the whole trace is captured, not the piece that decided.
#[test]
fn a_trace_that_a_piece_decides_is_captured_whole() {
    let settings = SamplingSettings { decides_on_ingest: true, ..settings() };
    let shared = shared(settings, vec![policy("other", with("other"))]);
    let mut capture = Capture::open(vec![Arc::clone(&shared)], limits()).expect("nobody captures");
    let _shard = fill(&shared);
    let captured: Vec<_> = all(&mut capture).iter().map(spans).collect();
    assert_eq!(captured.len(), 1);
    assert_eq!(captured[0].len(), 2);
}

/// Guarantees: there is one capture at a time, for all samplers of it, and when it is over or dropped there may be another.
#[test]
fn there_is_one_capture_at_a_time() {
    let policies = || vec![policy("all", always(Vote::Sampled))];
    let both = [shared(settings(), policies()), shared(settings(), policies())];
    let first = Capture::open(vec![Arc::clone(&both[1])], limits()).expect("nobody captures");
    assert_eq!(Capture::open(both.to_vec(), limits()).err(), Some(Busy));
    assert!(!both[0].tap.is_open.load(Ordering::Relaxed), "what was opened in vain is closed");
    drop(first);
    assert!(!both[1].tap.is_open.load(Ordering::Relaxed));
    let until = Some(Instant::now());
    let over = Capture::open(both.to_vec(), CaptureLimits { until, ..limits() }).expect("nobody captures");
    let next = Capture::open(both.to_vec(), limits()).expect("the other one is over");
    drop(over);
    assert!(both[0].tap.is_open.load(Ordering::Relaxed), "the end of the old one is not that of the new one");
    drop(next);
}

/// Guarantees: neither traces nor bytes nor what waits is more than allowed; what is left out is counted, and a shard goes on.
#[test]
fn captures_are_bounded() {
    let bytes = std::cell::Cell::new(0);
    let decide = |limits: CaptureLimits| {
        let shared = shared(settings(), vec![policy("all", always(Vote::Sampled))]);
        let mut shard = fill(&shared);
        let mut capture = Capture::open(vec![Arc::clone(&shared)], limits).expect("nobody captures");
        shard.tick(at(1000));
        assert_eq!(shard.take_released().len(), 1);
        let captured = all(&mut capture);
        bytes.set(captured.iter().map(|trace| trace.body().len() as u64).sum());
        (captured.len(), capture.left_out(), shared.tap.current.lock().expect("a lock").is_some())
    };
    assert_eq!(decide(limits()), (2, 0, true));
    let (captured, left_out, _) = decide(CaptureLimits { bytes: bytes.get() - 1, ..limits() });
    assert_eq!((captured, left_out), (1, 0), "the second one does not fit");
    assert_eq!(decide(CaptureLimits { traces: 1, ..limits() }), (1, 0, false));
    assert_eq!(decide(CaptureLimits { bytes: 10, ..limits() }), (0, 2, true), "too large for all of it");
    assert_eq!(decide(CaptureLimits { waiting_bytes: 10, ..limits() }), (0, 2, true));
    assert_eq!(decide(CaptureLimits { until: Some(Instant::now()), ..limits() }), (0, 0, false));
}

/// Guarantees: whoever waits is told when enough was captured, and when the time is over.
#[tokio::test]
async fn a_capture_ends() {
    let shared = shared(settings(), vec![policy("all", always(Vote::Sampled))]);
    let mut shard = fill(&shared);
    let open = |limits| Capture::open(vec![Arc::clone(&shared)], limits).expect("nobody captures");
    let mut capture = open(CaptureLimits { traces: 1, ..limits() });
    let work = tokio::task::spawn_blocking(move || shard.tick(at(1000)));
    assert!(capture.next().await.is_some());
    assert!(capture.next().await.is_none());
    assert_eq!(capture.traces(), 1);
    work.await.expect("a shard that works");
    drop(capture);
    let mut short =
        open(CaptureLimits { until: Some(Instant::now() + Duration::from_millis(1)), ..limits() });
    assert!(short.next().await.is_none());
}
