//! What the tests of policies have in common: a trace made of spans, and orders that must not matter.

mod orders;
mod page;

use sluice_sdk::policy::{Policy, Vote};
use sluice_sdk::testing::{Request, Resource, Sampler, Scope, Span};

pub use orders::order_never_matters;
pub use page::check_page;

/// The trace that the spans of these tests are of.
pub const TRACE: [u8; 16] = [7; 16];

/// A span of the trace.
#[must_use]
pub fn span() -> Span {
    Span::new(TRACE)
}

/// A resource of some spans in one scope.
pub fn resource(resource: Resource, spans: impl IntoIterator<Item = Span>) -> Resource {
    resource.scope(spans.into_iter().fold(Scope::new("tests"), Scope::span))
}

/// A request of some spans, of one resource without attributes.
pub fn request(spans: impl IntoIterator<Item = Span>) -> Request {
    Request::new().resource(resource(Resource::new(), spans))
}

/// The vote on a trace of one resource without attributes.
///
/// # Errors
/// What is wrong with the settings, or the policy's answer.
pub fn vote<P: Policy>(settings: &str, spans: impl IntoIterator<Item = Span>) -> Result<Vote, String> {
    Ok(explain::<P>(settings, &[request(spans)])?.0)
}

/// The vote on the one trace of some requests, and its reason.
///
/// # Errors
/// What is wrong with the settings, or the policy's answer; or that there is not one trace.
pub fn explain<P: Policy>(settings: &str, requests: &[Request]) -> Result<(Vote, String), String> {
    let mut decisions = Sampler::new::<P>(settings)?.decide(requests)?;
    match (decisions.pop(), decisions.is_empty()) {
        (Some(decision), true) => Ok((decision.vote, decision.reason)),
        _ => Err("not one trace".to_owned()),
    }
}

/// What is wrong with settings.
///
/// # Errors
/// When nothing is.
pub fn refusal<P: Policy>(settings: &str) -> Result<String, String> {
    match Sampler::new::<P>(settings) {
        Ok(_) => Err(format!("{} takes {settings}", P::NAME)),
        Err(error) => Ok(error),
    }
}

/// The names of the settings in the policy's JSON Schema.
///
/// # Errors
/// When it is none.
pub fn schema_names<P: Policy>() -> Result<Vec<String>, serde_json::Error> {
    let schema: serde_json::Value = serde_json::from_str(P::SETTINGS)?;
    let names = schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys);
    Ok(names.cloned().collect())
}
