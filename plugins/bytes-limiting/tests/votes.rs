//! The votes of `bytes_limiting`, through the public surface of the plugin.

#![cfg(test)]

use sluice_bytes_limiting::BytesLimiting;
use sluice_policy_tests::{refusal, request};
use sluice_sdk::policy::Threshold;
use sluice_sdk::policy::Vote::{NotSampled, Sampled};
use sluice_sdk::testing::{Request, Sampler, Span};

/// A trace of some randomness, of two spans of so many bytes together.
fn trace(randomness: u64, bytes: u32) -> Request {
    let span = |bytes| Span::new(u128::from(randomness).to_be_bytes()).byte_size(bytes);
    request([span(bytes / 2), span(bytes - bytes / 2)])
}

/// A trace costs its bytes; the bucket holds twice the rate, and fills up again.
#[test]
fn bytes_are_counted() {
    let mut sampler = Sampler::new::<BytesLimiting>(r#"{"bytes_per_second": 1000}"#).unwrap();
    let mut votes = |traces: &[Request]| {
        let decisions = sampler.decide(traces).unwrap();
        sampler.advance(1_000_000_000);
        decisions.into_iter().map(|decision| (decision.vote, decision.reason)).collect::<Vec<_>>()
    };
    let first = votes(&[trace(9, 1500), trace(8, 501), trace(7, 500), trace(6, 2001)]);
    assert_eq!(
        first,
        [
            (Sampled, "1500 bytes are within the limit".to_owned()),
            (NotSampled, "501 bytes are over the limit".to_owned()),
            (Sampled, "500 bytes are within the limit".to_owned()),
            (NotSampled, "2001 bytes > burst 2000".to_owned()),
        ]
    );
    assert_eq!(
        votes(&[trace(9, 1001), trace(8, 1000)]).iter().map(|vote| vote.0).collect::<Vec<_>>(),
        [NotSampled, Sampled]
    );
}

/// Under consistent sampling the first trace that does not fit ends the share.
#[test]
fn batches_share_by_randomness() {
    let settings = r#"{"bytes_per_second": 1, "burst_capacity": 1000}"#;
    let mut sampler = Sampler::with_tracestate::<BytesLimiting>(settings).unwrap();
    let decisions = sampler.decide(&[trace(30, 600), trace(20, 500), trace(10, 100)]).unwrap();
    let votes: Vec<_> = decisions.iter().map(|decision| decision.vote).collect();
    assert_eq!(votes, [Sampled, NotSampled, NotSampled]);
    assert_eq!(decisions[0].threshold, Threshold::new(21));
}

/// The rate has to be said.
#[test]
fn wrong_settings_are_refused() {
    assert!(refusal::<BytesLimiting>("{}").unwrap().contains("missing field `bytes_per_second`"));
    let error = refusal::<BytesLimiting>(r#"{"bytes_per_second": -7}"#).unwrap();
    assert_eq!(error, "bytes_per_second -7: must not be less than 0");
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<BytesLimiting>(include_str!(
        "../../../docs/policies/bytes_limiting.md"
    ))
    .unwrap();
}
