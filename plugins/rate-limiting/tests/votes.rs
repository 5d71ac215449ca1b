//! The votes of `rate_limiting`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_policy_tests::{order_never_matters, refusal, request};
use sluice_rate_limiting::RateLimiting;
use sluice_sdk::policy::Threshold;
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{Decision, Request, Sampler, Span};

const SECOND: u64 = 1_000_000_000;

/// A trace of some randomness, of so many spans.
fn trace(randomness: u64, spans: usize) -> Request {
    request((0..spans).map(|_| Span::new(u128::from(randomness).to_be_bytes())))
}

fn votes(decisions: &[Decision]) -> Vec<Vote> {
    decisions.iter().map(|decision| decision.vote).collect()
}

fn decide(sampler: &mut Sampler, requests: &[Request]) -> Vec<Vote> {
    votes(&sampler.decide(requests).unwrap())
}

/// A trace costs its spans, the bucket starts full and holds twice the rate, and fills up again with time.
#[test]
fn the_bucket_empties_and_fills() {
    let mut sampler = Sampler::new::<RateLimiting>(r#"{"spans_per_second": 3}"#).unwrap();
    assert_eq!(
        decide(&mut sampler, &[trace(9, 3), trace(8, 3), trace(7, 1)]),
        [Sampled, Sampled, NotSampled]
    );
    sampler.advance(SECOND / 2);
    assert_eq!(decide(&mut sampler, &[trace(9, 2), trace(8, 1)]), [NotSampled, Sampled]);
    sampler.advance(100 * SECOND);
    assert_eq!(decide(&mut sampler, &[trace(9, 6), trace(8, 1)]), [Sampled, NotSampled]);
}

/// A trace of more spans than the bucket holds is never kept, and takes nothing.
#[test]
fn more_than_the_burst_never_passes() {
    for sampler in [Sampler::new::<RateLimiting>, Sampler::with_tracestate::<RateLimiting>] {
        let mut sampler = sampler(r#"{"spans_per_second": 10, "burst_capacity": 2}"#).unwrap();
        let decisions = sampler.decide(&[trace(9, 5), trace(8, 2)]).unwrap();
        assert_eq!(votes(&decisions), [NotSampled, Sampled]);
        assert_eq!(decisions[0].reason, "5 spans > burst 2");
        assert_eq!(decisions[1].reason, "2 spans are within the limit");
    }
}

/// Which traces of a batch are kept does not depend on the order in which they arrived.
#[test]
fn the_greatest_randomness_comes_first() {
    let mut sampler = Sampler::new::<RateLimiting>(r#"{"spans_per_second": 2}"#).unwrap();
    let kept = decide(&mut sampler, &[trace(1, 2), trace(3, 2), trace(2, 2)]);
    assert_eq!(kept, [NotSampled, Sampled, Sampled]);
}

/// Under consistent sampling a batch shares out the bucket by randomness (V39 to V41).
#[test]
fn batches_share_by_randomness() {
    let of = |burst: u64, traces: &[Request]| {
        let settings = format!(r#"{{"spans_per_second": 1, "burst_capacity": {burst}}}"#);
        let mut sampler = Sampler::with_tracestate::<RateLimiting>(&settings).unwrap();
        let decisions = sampler.decide(traces).unwrap();
        let thresholds: Vec<_> = decisions.iter().map(|decision| decision.threshold).collect();
        (votes(&decisions), thresholds)
    };
    let (votes, thresholds) = of(5, &[trace(10, 2), trace(100, 2), trace(50, 2)]);
    assert_eq!((votes, thresholds), (vec![NotSampled, Sampled, Sampled], vec![Threshold::new(11); 3]));
    let (votes, thresholds) = of(10, &[trace(100, 2), trace(50, 2)]);
    assert_eq!((votes, thresholds), (vec![Sampled; 2], vec![Threshold::ALWAYS; 2]));
    assert_eq!(of(2, &[trace(100, 5)]).0, [NotSampled]);
}

/// The randomness of a tracestate counts in place of the id's.
#[test]
fn explicit_randomness_counts() {
    let explicit = request([Span::new([0; 16]).tracestate("ot=rv:ffffffffffffff")]);
    let mut sampler =
        Sampler::with_tracestate::<RateLimiting>(r#"{"spans_per_second": 1, "burst_capacity": 1}"#).unwrap();
    assert_eq!(decide(&mut sampler, &[trace(100, 1), explicit]), [NotSampled, Sampled]);
}

/// A batch takes what its traces cost, and no more, for the next one.
#[test]
fn a_batch_leaves_what_it_does_not_need() {
    let settings = r#"{"spans_per_second": 1, "burst_capacity": 5}"#;
    let mut sampler = Sampler::with_tracestate::<RateLimiting>(settings).unwrap();
    assert_eq!(decide(&mut sampler, &[trace(9, 3), trace(8, 3)]), [Sampled, NotSampled]);
    assert_eq!(decide(&mut sampler, &[trace(9, 2)]), [Sampled]);
    assert_eq!(decide(&mut sampler, &[trace(9, 1)]), [NotSampled]);
}

/// Another shard may take tokens between the look and the taking: then the share is worked out again.
#[test]
fn another_shard_may_be_faster() {
    let settings = r#"{"spans_per_second": 1, "burst_capacity": 5}"#;
    let mut sampler = Sampler::with_tracestate::<RateLimiting>(settings).unwrap();
    sampler.rivals_take(3);
    assert_eq!(decide(&mut sampler, &[trace(9, 2), trace(8, 2)]), [Sampled, NotSampled]);
}

/// The rate has to be said, and neither can be less than 0.
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<RateLimiting>(settings).unwrap();
    assert!(refused("{}").contains("missing field `spans_per_second`"));
    let less = refused(r#"{"spans_per_second": -1}"#);
    assert_eq!(less, "spans_per_second -1: must not be less than 0");
    let less = refused(r#"{"spans_per_second": 1, "burst_capacity": -5}"#);
    assert_eq!(less, "burst_capacity -5: must not be less than 0");
}

/// A rate of 0 keeps nothing.
#[test]
fn nothing_is_nothing() {
    let mut sampler = Sampler::new::<RateLimiting>(r#"{"spans_per_second": 0}"#).unwrap();
    assert_eq!(decide(&mut sampler, &[trace(9, 1)]), [NotSampled]);
}

/// Traces and spans in any order get the same votes.
#[test]
fn order_does_not_matter() {
    let requests = (0u64..5, 1usize..3).prop_map(|(randomness, spans)| trace(randomness, spans));
    let settings = r#"{"spans_per_second": 1, "burst_capacity": 4}"#;
    order_never_matters::<RateLimiting>(settings, vec(requests, 1..6)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<RateLimiting>(include_str!("../../../docs/policies/rate_limiting.md"))
        .unwrap();
}
