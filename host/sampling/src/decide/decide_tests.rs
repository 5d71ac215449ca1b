use std::sync::Arc;

use sluice_otlp::Payload;

use super::*;
use crate::testing::{always, id, leaf, of, policy, request, span, with};

/// Decides on traces 1, 2, ... that have spans of these names.
fn decide(policies: Vec<PolicyRule>, counting: Counting, traces: &[&[&str]]) -> Decided {
    let spans = (1..).zip(traces).flat_map(|(trace, names)| names.iter().map(move |name| span(trace, name)));
    let payload = Payload::bare(request(vec![of("shop", "http", spans.collect())]));
    let mut first = 0;
    let rows = (1..).zip(traces).map(|(trace, names)| {
        let leaves = first..first + names.len() as u32;
        first = leaves.end;
        let spans = names.len() as u32;
        TraceRow { id: id(trace), leaves, spans, bytes: 0, received: 0, trigger: 0 }
    });
    let rows: Vec<_> = rows.collect();
    Decider::new(policies.into(), counting).decide(&payload, &rows, crate::testing::EPOCH)
}

/// For each trace what became of it, and who is credited.
fn outcomes(
    policies: Vec<PolicyRule>,
    counting: Counting,
    traces: &[&[&str]],
) -> Vec<(Decision, Option<u16>)> {
    let decided = decide(policies, counting, traces);
    decided.outcomes.iter().map(|outcome| (outcome.decision, outcome.policy)).collect()
}

fn usual(policies: Vec<PolicyRule>, traces: &[&[&str]]) -> Vec<(Decision, Option<u16>)> {
    outcomes(policies, Counting::default(), traces)
}

/// Guarantees (the Collector's MultiplePolicies, WithRecordPolicy): any policy that samples a trace is enough, and the
/// first is credited.
#[test]
fn one_vote_is_enough() {
    let policies = vec![policy("a", with("a")), policy("b", with("b"))];
    let decided = usual(policies, &[&["a", "b"], &["x", "b"], &["x"]]);
    let (sampled, not) = (Decision::Sampled, Decision::NotSampled);
    assert_eq!(decided, [(sampled, Some(0)), (sampled, Some(1)), (not, None)]);
}

/// Guarantees (the Collector's DropPolicyIsFirstInPolicyList): drop policies come first wherever they stand, and nobody
/// else is asked about what they drop.
#[test]
fn what_is_dropped_is_dropped_before_others_are_asked() {
    let policies =
        vec![policy("all", always(Vote::Sampled)), policy("drop", Rule::Drop(vec![with("health")]))];
    let decided = decide(policies, Counting::default(), &[&["health"], &["x"]]);
    assert_eq!(decided.outcomes[0].decision, Decision::Dropped);
    assert_eq!((decided.outcomes[0].policy, decided.outcomes[1].policy), (Some(1), Some(0)));
    let asked: Vec<_> = decided.ballots.iter().map(|ballot| (ballot.policy, ballot.votes.clone())).collect();
    assert_eq!(
        asked,
        [(1, vec![Some(Vote::Dropped), Some(Vote::NotSampled)]), (0, vec![None, Some(Vote::Sampled)]),]
    );
}

/// Guarantees (the Collector's SampleOnFirstMatch): later policies are asked only about what is open.
#[test]
fn the_first_match_ends_the_questions() {
    let policies = vec![policy("a", with("a")), policy("all", always(Vote::Sampled))];
    let counting = Counting { first_match: true, ..Counting::default() };
    let decided = decide(policies, counting, &[&["a"], &["x"]]);
    assert_eq!(decided.ballots[1].votes, [None, Some(Vote::Sampled)]);
}

/// Guarantees (the Collector's tests of `and` and `not`): `and`, `not`, and one in the other.
#[test]
fn combinators_combine() {
    let (yes, no) = (|| always(Vote::Sampled), || always(Vote::NotSampled));
    for (rule, expected) in [
        (Rule::And(vec![yes(), yes()]), Decision::Sampled),
        (Rule::And(vec![yes(), no()]), Decision::NotSampled),
        (Rule::And(vec![yes(), Rule::Not(Box::new(no()))]), Decision::Sampled),
        (Rule::Not(Box::new(yes())), Decision::NotSampled),
        (Rule::Drop(vec![yes(), no()]), Decision::NotSampled),
        (Rule::Drop(vec![yes(), yes()]), Decision::Dropped),
    ] {
        assert_eq!(usual(vec![policy("it", rule.clone())], &[&["x"]])[0].0, expected, "{rule:?}");
    }
}

/// Guarantees: inside `and` only those still open are asked.
#[test]
fn and_narrows_down() {
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let second = leaf(move |names, _| {
        seen.lock().expect("not poisoned").push(names[0].clone());
        Vote::Sampled
    });
    usual(vec![policy("and", Rule::And(vec![with("a"), second]))], &[&["a"], &["x"], &["a"]]);
    assert_eq!(*asked.lock().expect("not poisoned"), ["a", "a"]);
}

/// Guarantees: a policy that fails has the vote that the configuration gives it, and its errors are counted.
#[test]
fn failures_are_votes_and_counted() {
    for (on_error, expected) in [
        (OnError::Abstain, Decision::NotSampled),
        (OnError::Sample, Decision::Sampled),
        (OnError::Drop, Decision::Dropped),
    ] {
        let Rule::Leaf { policy: failing, .. } = always(Vote::Error) else { unreachable!("it is a leaf") };
        let decided = decide(
            vec![policy("it", Rule::Leaf { policy: failing, on_error })],
            Counting::default(),
            &[&["x"], &["y"]],
        );
        assert_eq!((decided.outcomes[1].decision, decided.ballots[0].errors), (expected, 2));
    }
}

/// Guarantees (the Collector's composite tests): the part that samples a trace is credited, and the shares are kept to.
#[test]
fn a_composite_keeps_to_its_shares() {
    let composite = |falls_through| {
        let parts = [("a", with("a")), ("rest", always(Vote::Sampled))];
        let parts = parts.map(|(name, rule)| CompositePart { name: name.to_owned(), rule });
        let shares = Arc::new(Shares::new(vec![1, 2], 10));
        policy("shared", Rule::Composite(Composite { parts: parts.into(), falls_through, shares }))
    };
    let traces: &[&[&str]] = &[&["a"], &["a"], &["x"], &["x"]];
    let parts = |decided: Decided| decided.outcomes.iter().map(|outcome| outcome.part).collect::<Vec<_>>();
    let refused = decide(vec![composite(false)], Counting::default(), traces);
    assert_eq!(parts(refused), [Some(0), None, Some(1), Some(1)]);
    let fallen = decide(vec![composite(true)], Counting::default(), traces);
    assert_eq!(parts(fallen), [Some(0), Some(1), Some(1), None]);
}

/// Guarantees: a policy in shadow is asked, and changes nothing.
#[test]
fn a_shadow_has_no_vote() {
    let shadow = PolicyRule { is_shadow: true, ..policy("shadow", always(Vote::Sampled)) };
    let decided = decide(vec![shadow], Counting::default(), &[&["x"]]);
    assert_eq!(decided.outcomes[0], Outcome::NOT_SAMPLED);
    assert_eq!(decided.ballots[0].votes, [Some(Vote::Sampled)]);
}
