//! Policies that misbehave: every trace still gets a vote, and only the one at fault suffers.

use std::time::Duration;

use serde_json::json;
use sluice_otlp::columns::{Plan, Selection, TraceRow};
use sluice_plugin::{FailureReason, Limits, LoadFault, Verdicts, Vote};

use crate::fixture::{Fixture, patient};
use crate::requests::{self, spans};

/// Ways to answer that break the contract.
const BREACHES: [&str; 10] = [
    "too-few-votes",
    "too-many-votes",
    "vote-out-of-range",
    "too-many-thresholds",
    "threshold-out-of-range",
    "too-few-reasons",
    "first-offset",
    "offsets-out-of-range",
    "offsets-descending",
    "long-reason",
];

/// A deadline that an endless loop runs into soon, and a call in order on a busy machine hardly does.
const SHORT: Duration = Duration::from_millis(300);

/// How many traces are asked about.
const TRACES: usize = 100;

/// Which of them is at fault.
const POISONED: usize = 57;

fn hostile(limits: Limits) -> Fixture {
    Fixture::new(limits, &["hostile_policy"])
}

fn load_fault(fixture: &Fixture, behaviour: &str) -> LoadFault {
    let settings = json!({ "behaviour": behaviour });
    fixture.host.policy("tested", "hostile_policy", &settings, false).expect_err(behaviour).fault
}

fn self_check_reason(fixture: &Fixture, behaviour: &str) -> FailureReason {
    match load_fault(fixture, behaviour) {
        LoadFault::SelfCheck { failure, .. } => failure.reason,
        other => panic!("{behaviour}: {other}"),
    }
}

/// Votes on traces of one span each, of which one is poisoned.
fn decide(fixture: &Fixture, behaviour: &str) -> Verdicts {
    decide_with(fixture, &json!({ "behaviour": behaviour, "when": "poisoned", "amount": 4096 }))
}

fn decide_with(fixture: &Fixture, settings: &serde_json::Value) -> Verdicts {
    let policy = fixture.host.policy("tested", "hostile_policy", settings, false).unwrap();
    let generation = policy.current();
    let fields = generation.fields();
    let plan = Plan::for_policies(fields.to_vec()).unwrap();
    let selection = Selection::new(&plan, fields, fields).unwrap();
    let row = |number: usize| TraceRow {
        id: requests::trace_id(number),
        leaves: number as u32..number as u32 + 1,
        spans: 1,
        bytes: 100,
        received: 1,
        trigger: 0,
    };
    let rows: Vec<_> = (0..TRACES).map(row).collect();
    let tables = plan.extract_traces(&spans(TRACES, &[POISONED]), &rows, 2);
    let all: Vec<_> = (0..TRACES as u32).collect();
    generation.decide(&tables, &selection, &all)
}

/// The trace at fault alone has no vote of the policy's.
fn assert_one_fails(fixture: &Fixture, behaviour: &str, reason: &str) {
    let before = fixture.errors("hostile_policy", reason);
    let verdicts = decide(fixture, behaviour);
    for (trace, vote) in verdicts.votes.iter().enumerate() {
        let expected = if trace == POISONED { Vote::Error } else { Vote::Sampled };
        assert_eq!(*vote, expected, "{behaviour}: trace {trace}");
    }
    assert_eq!(verdicts.votes.len(), TRACES);
    assert_eq!(verdicts.reason(POISONED - 1), "good", "{behaviour}");
    assert!(fixture.errors("hostile_policy", reason) > before, "{behaviour}");
}

/// Guarantees: what fails for every trace is refused before any trace is given to it, with the reason.
#[test]
fn the_self_check_refuses_what_always_fails() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    assert_eq!(self_check_reason(&fixture, "trap"), FailureReason::Trap);
    assert_eq!(self_check_reason(&fixture, "loop"), FailureReason::Deadline);
    assert_eq!(self_check_reason(&fixture, "memory-hog"), FailureReason::Memory);
    for behaviour in BREACHES {
        assert_eq!(self_check_reason(&fixture, behaviour), FailureReason::Contract, "{behaviour}");
    }
}

/// Guarantees: a `configure` that fails in any way is contained, and what it must not ask for is refused.
#[test]
fn configure_is_contained() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    let words = |behaviour| load_fault(&fixture, behaviour).to_string();
    assert!(words("configure-error").contains("told to refuse"));
    let reason = |behaviour| match load_fault(&fixture, behaviour) {
        LoadFault::Configure(failure) => failure.reason,
        other => panic!("{behaviour}: {other}"),
    };
    assert_eq!(reason("configure-trap"), FailureReason::Trap);
    assert_eq!(reason("configure-loop"), FailureReason::Deadline);
    for behaviour in
        ["too-many-fields", "too-many-quotas", "nonsense-field", "nonsense-rate", "negative-rate"]
    {
        let fault = load_fault(&fixture, behaviour);
        assert!(matches!(fault, LoadFault::Plan { .. }), "{behaviour}: {fault}");
    }
}

/// Guarantees: of a batch only the trace at fault suffers, however the policy fails for it.
#[test]
fn only_the_trace_at_fault_suffers() {
    let fixture = hostile(patient());
    assert_one_fails(&fixture, "trap", "trap");
    assert_one_fails(&fixture, "panic", "trap");
    assert_one_fails(&fixture, "stack-overflow", "trap");
    assert_one_fails(&fixture, "memory-hog", "memory");
    assert_one_fails(&fixture, "error", "error");
}

/// Guarantees: an answer that breaks the contract is found before it is used, and costs the trace at fault alone.
#[test]
fn breaches_of_the_contract_are_contained() {
    let fixture = hostile(patient());
    for behaviour in BREACHES {
        assert_one_fails(&fixture, behaviour, "contract");
    }
}

/// Guarantees: what the contract allows is taken as it is: votes of errors, reasons that are no text (made fit for a
/// log), and a quota that was not declared, which has nothing.
#[test]
fn strange_answers_are_answers() {
    let fixture = hostile(patient());
    assert_eq!(decide(&fixture, "error-votes").votes, [Vote::Error; TRACES]);
    let binary = decide(&fixture, "binary-reasons");
    assert_eq!(binary.votes, [Vote::Sampled; TRACES]);
    assert!(!binary.reason(0).chars().any(char::is_control), "{:?}", binary.reason(0));
    let foreign = decide(&fixture, "foreign-quota");
    assert_eq!((foreign.votes, fixture.errors("hostile_policy", "error")), (vec![Vote::Sampled; TRACES], 0));
}

/// Guarantees: calls that fail in any way, also by an answer that cannot be used, cost no tokens: each trace that is asked
/// about again finds what it would have found.
#[test]
fn failed_calls_draw_on_nothing() {
    let fixture = hostile(patient());
    for behaviour in ["trap", "error", "too-few-votes", "long-reason"] {
        let settings = json!({
            "behaviour": behaviour, "when": "poisoned", "amount": 4096, "tokens": TRACES,
        });
        let votes = decide_with(&fixture, &settings).votes;
        let sampled = votes.iter().filter(|vote| **vote == Vote::Sampled).count();
        assert_eq!(sampled, TRACES - 1, "{behaviour}");
    }
}
