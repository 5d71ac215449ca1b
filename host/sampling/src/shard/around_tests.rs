//! What stands around spans: the headers of requests, resources and scopes.

use std::time::Duration;

use proptest::prelude::*;
use sluice_plugin::Vote;

use super::*;
use crate::SamplingSettings;
use crate::testing::{always, at, batched, names, of, of_gold, payload, policy, shard, span};

fn settings() -> SamplingSettings {
    SamplingSettings { decision_wait: Duration::from_secs(1), ..SamplingSettings::default() }
}

fn ingest(shard: &mut Shard, millis: u64, payload: &Payload) {
    let all = 0..payload.items() as u32;
    shard.ingest(payload, std::slice::from_ref(&all), at(millis));
}

/// The numbers of the traces that are kept.
fn kept(shard: &mut Shard, millis: u64) -> Vec<u64> {
    shard.tick(at(millis));
    names(&shard.take_released()).into_iter().map(|(trace, _)| trace).collect()
}

/// Guarantees: a policy sees the headers of the requests that a trace's spans came in, of each of several that were
/// batched, and of others' none.
#[test]
fn a_policy_sees_headers_of_requests() {
    let mut shard = shard(settings(), vec![policy("gold", of_gold())]);
    let spans =
        |traces: &[u64]| vec![of("shop", "http", traces.iter().map(|trace| span(*trace, "GET /")).collect())];
    let payload =
        batched(vec![(Some("gold"), spans(&[1, 2])), (None, spans(&[3])), (Some("tin"), spans(&[4, 2]))]);
    ingest(&mut shard, 0, &payload);
    ingest(&mut shard, 10, &batched(vec![(Some("gold"), spans(&[3]))]));
    assert_eq!(kept(&mut shard, 2000), [1, 2, 2, 3, 3]);
    assert!(shard.headers.origins.is_empty() && shard.headers.bytes() == 0, "none is kept for ever");
}

/// Guarantees: what is known of requests is held only where a policy asks for it.
#[test]
fn headers_are_held_for_who_asks() {
    let mut shard = shard(settings(), vec![policy("all", always(Vote::Sampled))]);
    let parts = vec![(Some("gold"), vec![of("shop", "http", vec![span(1, "a"), span(1, "b")])])];
    ingest(&mut shard, 0, &batched(parts));
    assert!(shard.headers.origins.is_empty());
    assert_eq!(kept(&mut shard, 2000), [1, 1]);
}

/// Guarantees: a trace that is refused for its size takes no header along that the next trace of its request needs.
#[test]
fn headers_outlast_a_trace_that_is_refused() {
    let settings = SamplingSettings { max_trace_bytes: Some(1024), ..settings() };
    let mut shard = shard(settings, vec![policy("all", always(Vote::Sampled))]);
    let large = "x".repeat(2000);
    let spans = || vec![span(1, &large), span(2, "small"), span(3, "small")];
    ingest(&mut shard, 0, &payload(vec![of("shop", "http", spans())]));
    ingest(&mut shard, 10, &payload(vec![of("cart", "db", vec![span(4, "small")])]));
    shard.tick(at(2000));
    let mut released = crate::testing::decoded(&shard.take_released());
    released.sort_by_key(|resource| resource.scope_spans[0].spans[0].trace_id.clone());
    let expected = [("shop", "http", 2), ("shop", "http", 3), ("cart", "db", 4)];
    assert_eq!(
        released,
        expected.map(|(service, scope, trace)| of(service, scope, vec![span(trace, "small")]))
    );
    assert_eq!(shard.headers.bytes(), 0);
}

proptest! {
    /// Guarantees: however the pieces of traces come, from whichever tenants, with others in a batch or alone: a trace is kept
    /// when one of its pieces came from the tenant that is asked for, whole; and nothing is held in the end.
    #[test]
    fn tenants_are_told_apart(
        pieces in prop::collection::vec((1_u64..6, 0_usize..4, 0_u8..2), 1..40),
        sizes in prop::collection::vec(1_usize..6, 1..40),
    ) {
        const TENANTS: [Option<&str>; 4] = [None, Some("tin"), Some("gold"), Some("")];
        let mut shard = shard(settings(), vec![policy("gold", of_gold())]);
        let mut rest = &pieces[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*size).min(rest.len()));
            let parts = now.iter().map(|(trace, tenant, service)| {
                let service = ["shop", "cart"][usize::from(*service)];
                (TENANTS[*tenant], vec![of(service, "http", vec![span(*trace, "GET /")])])
            });
            ingest(&mut shard, 0, &batched(parts.collect()));
            rest = later;
        }
        let is_gold = |trace: u64| pieces.iter().any(|(other, tenant, _)| *other == trace && *tenant == 2);
        let mut expected: Vec<u64> = pieces.iter().map(|(trace, ..)| *trace).filter(|trace| is_gold(*trace)).collect();
        expected.sort_unstable();
        prop_assert_eq!(kept(&mut shard, 2000), expected);
        prop_assert_eq!((shard.headers.bytes(), shard.shared.stored_bytes()), (0, 0));
    }
}
