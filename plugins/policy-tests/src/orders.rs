//! The order in which spans arrive must not change a vote.

use proptest::strategy::{Just, Strategy};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sluice_sdk::policy::{Policy, Threshold, Vote};
use sluice_sdk::testing::{Request, Sampler};

/// Has a policy vote on requests in the order generated and in another one, with and without tracestates, and compares the
/// votes of each trace.
///
/// # Errors
/// With which requests they differ.
pub fn order_never_matters<P: Policy>(
    settings: &str,
    requests: impl Strategy<Value = Vec<Request>>,
) -> Result<(), String> {
    let orders = requests.prop_flat_map(|requests| (Just(requests.clone()), Just(requests).prop_shuffle()));
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let run = runner.run(&orders, |(one, other)| {
        for tracestate in [false, true] {
            let votes = |requests: &[Request]| {
                votes::<P>(settings, tracestate, requests).map_err(TestCaseError::fail)
            };
            let (one, other) = (votes(&one)?, votes(&other)?);
            if one != other {
                return Err(TestCaseError::fail(format!("{one:?} became {other:?}")));
            }
        }
        Ok(())
    });
    run.map_err(|error| error.to_string())
}

/// The vote on each trace, by its id.
fn votes<P: Policy>(
    settings: &str,
    tracestate: bool,
    requests: &[Request],
) -> Result<Vec<([u8; 16], Vote, Threshold)>, String> {
    let sampler = if tracestate { Sampler::with_tracestate::<P> } else { Sampler::new::<P> };
    let decisions = sampler(settings)?.decide(requests)?;
    let mut votes: Vec<_> = decisions
        .into_iter()
        .map(|decision| (decision.trace_id, decision.vote, decision.threshold))
        .collect();
    votes.sort_by_key(|vote| vote.0);
    Ok(votes)
}
