//! The votes of `vip`.

use sluice_sdk::policy::Vote;
use sluice_sdk::testing::{NOW, Request, Resource, Sampler, Scope, Span};
use vip::Vip;

/// A span of a trace, and how long it took.
fn span(trace: u8, ms: u64) -> Span {
    Span::new([trace; 16]).start(NOW).end(NOW + ms * 1_000_000)
}

fn resource(tenant: &str, spans: impl IntoIterator<Item = Span>) -> Resource {
    Resource::new()
        .attribute("tenant.id", tenant)
        .scope(spans.into_iter().fold(Scope::new("app"), Scope::span))
}

/// A tenant's trace is kept when one of its spans is slow; others' are not.
#[test]
fn slow_traces_of_the_tenant_are_kept() {
    let mut sampler = Sampler::new::<Vip>(r#"{"tenants": ["acme"], "slower_than_ms": 500}"#).unwrap();
    let acme = resource("acme", [span(1, 20), span(1, 501), span(2, 500)]);
    let other = resource("zeta", [span(3, 9000)]);
    let decisions = sampler.decide(&[Request::new().resource(acme).resource(other)]).unwrap();
    let votes: Vec<_> = decisions.iter().map(|decision| decision.vote).collect();
    assert_eq!(votes, [Vote::Sampled, Vote::NotSampled, Vote::NotSampled]);
    assert_eq!(decisions[0].reason, "the slowest span of acme took 501 ms");
}

/// A misspelt setting is refused by name.
#[test]
fn unknown_settings_are_refused() {
    let error = Sampler::new::<Vip>(r#"{"tenant": ["acme"]}"#).unwrap_err();
    assert_eq!(error, "unknown field `tenant`, expected `tenants` or `slower_than_ms`");
}
