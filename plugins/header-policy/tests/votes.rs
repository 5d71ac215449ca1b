//! The votes of `header_policy`.

#![cfg(test)]

use sluice_header_policy::HeaderPolicy;
use sluice_sdk::policy::Vote;
use sluice_sdk::testing::{Request, Resource, Sampler, Scope, Span};

fn request(traces: &[u8]) -> Request {
    let scope = traces.iter().fold(Scope::new("app"), |scope, trace| scope.span(Span::new([*trace; 16])));
    Request::new().resource(Resource::new().scope(scope))
}

/// A trace is kept when any of its requests had the header; others are not, those of the same batch included.
#[test]
fn any_request_will_do() {
    let mut sampler = Sampler::new::<HeaderPolicy>(r#"{"header": "X-Tenant", "values": ["gold"]}"#).unwrap();
    let requests = [
        request(&[1, 2]).header("x-tenant", "tin"),
        request(&[2, 3]).header("x-tenant", "gold"),
        request(&[4]),
    ];
    let decisions = sampler.decide(&requests).unwrap();
    let votes: Vec<_> = decisions.iter().map(|decision| decision.vote).collect();
    assert_eq!(votes, [Vote::NotSampled, Vote::Sampled, Vote::Sampled, Vote::NotSampled]);
    assert_eq!(decisions[1].reason, "X-Tenant gold");
}
