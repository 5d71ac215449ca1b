//! Plugins that misbehave: every item still gets an answer, and no other plugin notices.

use std::time::Duration;

use opentelemetry_proto::tonic::logs::v1::LogRecord;
use serde_json::{Value, json};
use sluice_otlp::Signal;
use sluice_plugin::{FailureReason, Keys, Limits, LoadFault, OnError};

use crate::fixture::{Fixture, patient};
use crate::requests::{self, spans, text};

/// Ways to answer that break the contract.
const BREACHES: [&str; 9] = [
    "too-few-keys",
    "too-many-keys",
    "no-offsets",
    "first-offset",
    "offsets-out-of-range",
    "last-offset",
    "offsets-descending",
    "wrong-shape",
    "huge-output",
];

/// A deadline that an endless loop runs into soon, and a call in order on a busy machine hardly does.
const SHORT: Duration = Duration::from_millis(300);

fn hostile(limits: Limits) -> Fixture {
    Fixture::new(limits, &["hostile"])
}

fn poisoned(behaviour: &str) -> Value {
    json!({ "behaviour": behaviour, "when": "poisoned", "amount": 5 << 20 })
}

fn load_fault(fixture: &Fixture, behaviour: &str) -> LoadFault {
    let settings = json!({ "behaviour": behaviour, "amount": 5 << 20 });
    fixture.try_key("hostile", Signal::Traces, settings, OnError::Fallback).expect_err(behaviour).fault
}

fn self_check_reason(fixture: &Fixture, behaviour: &str) -> FailureReason {
    match load_fault(fixture, behaviour) {
        LoadFault::SelfCheck { failure, .. } => failure.reason,
        other => panic!("{behaviour}: {other}"),
    }
}

/// Asks for 100 spans of which the 58th is poisoned; it alone must be rejected.
fn assert_one_is_rejected(fixture: &Fixture, behaviour: &str, reason: &str) {
    let key = fixture.try_key("hostile", Signal::Traces, poisoned(behaviour), OnError::Reject).unwrap();
    let before = fixture.errors("hostile", reason);
    let keys = key.keys(&spans(100, &[57]), 1);
    assert_eq!(keys.rejected, 1, "{behaviour}");
    assert!(keys.rejection.contains("failed for 1 spans"), "{behaviour}: {}", keys.rejection);
    for leaf in 0..100 {
        let id = requests::trace_id(leaf);
        let expected = if leaf == 57 { None } else { Some(id.as_slice()) };
        assert_eq!(keys.key(leaf), expected, "{behaviour}: span {leaf}");
    }
    // One failure for each time that the part with the span at fault was halved, and a first.
    assert_eq!(fixture.errors("hostile", reason) - before, 8, "{behaviour}");
}

/// Guarantees: what fails for everything is refused before any item is given to it, with the reason.
#[test]
fn the_self_check_refuses_what_always_fails() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    assert_eq!(self_check_reason(&fixture, "trap"), FailureReason::Trap);
    assert_eq!(self_check_reason(&fixture, "stack-overflow"), FailureReason::Trap);
    assert_eq!(self_check_reason(&fixture, "loop"), FailureReason::Deadline);
    assert_eq!(self_check_reason(&fixture, "memory-hog"), FailureReason::Memory);
    for behaviour in BREACHES {
        assert_eq!(self_check_reason(&fixture, behaviour), FailureReason::Contract, "{behaviour}");
    }
}

/// Guarantees: a `configure` that fails in any way is contained, and said in words.
#[test]
fn configure_is_contained() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    let refused = load_fault(&fixture, "configure-error");
    assert!(
        matches!(&refused, LoadFault::Refused { reason, .. } if reason.contains("told to refuse")),
        "{refused}"
    );
    let trap = load_fault(&fixture, "configure-trap");
    assert!(
        matches!(&trap, LoadFault::Configure(failure) if failure.reason == FailureReason::Trap),
        "{trap}"
    );
    let endless = load_fault(&fixture, "configure-loop");
    assert!(
        matches!(&endless, LoadFault::Configure(failure) if failure.reason == FailureReason::Deadline),
        "{endless}"
    );
}

/// Guarantees: a plan that breaks the rules is refused, with the rule.
#[test]
fn plans_are_checked() {
    let fixture = hostile(patient());
    let words = |behaviour| load_fault(&fixture, behaviour).to_string();
    assert!(words("no-stages").contains("0 stages"));
    assert!(words("too-many-stages").contains("9 stages"));
    assert!(words("stages-upwards").contains("not below"));
    assert!(words("nonsense-field").contains("has no field"));
}

/// Guarantees: of a batch only the item at fault suffers, however the plugin fails for it.
#[test]
fn only_the_item_at_fault_is_rejected() {
    let fixture = hostile(patient());
    assert_one_is_rejected(&fixture, "trap", "trap");
    assert_one_is_rejected(&fixture, "stack-overflow", "trap");
    assert_one_is_rejected(&fixture, "memory-hog", "memory");
    assert_one_is_rejected(&fixture, "error", "error");
}

/// Guarantees: an answer that breaks the contract is found before it is used, and costs the item at fault alone.
#[test]
fn breaches_of_the_contract_are_contained() {
    let fixture = hostile(patient());
    for behaviour in BREACHES {
        assert_one_is_rejected(&fixture, behaviour, "contract");
    }
}

/// Guarantees: an answer that is in order for few rows alone is taken for these, and costs nobody a key.
#[test]
fn halving_can_be_the_cure() {
    let fixture = hostile(patient());
    let key =
        fixture.try_key("hostile", Signal::Traces, poisoned("present-too-short"), OnError::Reject).unwrap();
    assert_eq!(key.keys(&spans(100, &[57]), 1).rejected, 0);
    // Of 100, 50, 25 and 13 rows; of up to 8 the bitmap left out is no bitmap at all.
    assert_eq!(fixture.errors("hostile", "contract"), 4);
}

/// Guarantees: several items at fault are all found, at both ends too.
#[test]
fn several_items_at_fault_are_found() {
    let fixture = hostile(patient());
    let key = fixture.try_key("hostile", Signal::Traces, poisoned("trap"), OnError::Reject).unwrap();
    let at_fault = [0, 1, 500, 999];
    let keys = key.keys(&spans(1000, &at_fault), 1);
    let rejected = |leaf: &usize| keys.of_leaf[*leaf] == Keys::REJECTED;
    assert_eq!((0..1000).filter(rejected).collect::<Vec<_>>(), at_fault);
}

/// Guarantees: where everything is at fault the number of calls stays bounded, and all is accounted for.
#[test]
fn calls_are_bounded() {
    let fixture = hostile(patient());
    let key = fixture.try_key("hostile", Signal::Traces, poisoned("error"), OnError::Reject).unwrap();
    let before = fixture.errors("hostile", "error");
    let keys = key.keys(&spans(2000, &(0..2000).collect::<Vec<_>>()), 1);
    assert_eq!(keys.rejected, 2000);
    assert!(fixture.errors("hostile", "error") - before <= 65);
    assert_eq!(
        fixture.metric("sluice_plugin_rejected_items_total{plugin=\"hostile\",reason=\"failure\"}"),
        2000
    );
}

/// Guarantees: an endless loop costs a request four deadlines at most, and the next requests nothing.
#[test]
fn endless_loops_are_cut_off_and_then_left_alone() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    let key = fixture.try_key("hostile", Signal::Traces, poisoned("loop"), OnError::Fallback).unwrap();
    let everything: Vec<_> = (0..100).collect();
    let keys = key.keys(&spans(100, &everything), 1);
    assert_eq!(keys.rejected, 0);
    for leaf in 0..100 {
        assert_eq!(keys.key(leaf), Some(requests::trace_id(leaf).as_slice()));
    }
    let deadlines = fixture.errors("hostile", "deadline");
    assert!((3..=4).contains(&deadlines), "{deadlines} deadlines");
    assert_eq!(fixture.metric("sluice_plugin_fallback_items_total{plugin=\"hostile\"}"), 100);

    assert_eq!(key.keys(&spans(100, &everything), 1).rejected, 0);
    assert_eq!(fixture.errors("hostile", "backoff"), 1);
    assert_eq!(fixture.errors("hostile", "deadline"), deadlines);
}

/// Guarantees: an item without trace id gets its resource's bytes as fallback key, and its siblings share it.
#[test]
fn the_fallback_key_is_trace_id_or_resource() {
    let fixture = hostile(patient());
    let key = fixture.try_key("hostile", Signal::Logs, poisoned("trap"), OnError::Fallback).unwrap();
    let poison = |trace_id: Vec<u8>| LogRecord {
        trace_id,
        attributes: vec![text("poison", "")],
        ..LogRecord::default()
    };
    let records = vec![poison(Vec::new()), poison(requests::trace_id(7).to_vec()), poison(Vec::new())];
    let resource = requests::service("checkout");
    let encoded = prost::Message::encode_to_vec(resource.as_ref().unwrap());
    let keys = key.keys(&requests::logs(resource, records), 1);
    assert_eq!(keys.key(0), Some(encoded.as_slice()));
    assert_eq!(keys.key(1), Some(requests::trace_id(7).as_slice()));
    assert_eq!(keys.key(2), Some(encoded.as_slice()));
    assert_eq!(keys.rejected, 0);
}

/// Guarantees: a plugin's failures are its own; another one, and the same with other settings, go on.
#[test]
fn others_do_not_notice() {
    let fixture = hostile(Limits { deadline: SHORT, ..Limits::default() });
    let bad = fixture.try_key("hostile", Signal::Traces, poisoned("loop"), OnError::Reject).unwrap();
    let good =
        fixture.try_key("hostile", Signal::Traces, json!({ "behaviour": "none" }), OnError::Reject).unwrap();
    let other = fixture.key("traceID", Signal::Traces);
    assert_eq!(bad.keys(&spans(8, &(0..8).collect::<Vec<_>>()), 1).rejected, 8);
    assert_eq!(good.keys(&spans(8, &[3]), 1).rejected, 0);
    assert_eq!(other.keys(&spans(8, &[3]), 1).rejected, 0);
}

/// Guarantees: many threads that meet traps at once each get their answers.
#[test]
fn traps_on_many_threads_are_contained() {
    let fixture = hostile(patient());
    let key = fixture.try_key("hostile", Signal::Traces, poisoned("trap"), OnError::Reject).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let key = &key;
            scope.spawn(move || {
                for round in 0..20 {
                    let at_fault = (thread * 20 + round) % 100;
                    let keys = key.keys(&spans(100, &[at_fault]), 1);
                    assert_eq!((keys.rejected, keys.of_leaf[at_fault]), (1, Keys::REJECTED));
                }
            });
        }
    });
}
