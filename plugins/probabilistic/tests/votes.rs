//! The votes of `probabilistic`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::sample::select;
use proptest::strategy::Strategy;
use sluice_policy_tests::{order_never_matters, refusal, request};
use sluice_probabilistic::Probabilistic;
use sluice_sdk::policy::Threshold;
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{Decision, Request, Sampler, Span};

fn percent(percentage: f64) -> String {
    format!(r#"{{"sampling_percentage": {percentage}}}"#)
}

fn id(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).unwrap().to_be_bytes()
}

fn decide(settings: &str, tracestate: bool, requests: &[Request]) -> Decision {
    let sampler =
        if tracestate { Sampler::with_tracestate::<Probabilistic> } else { Sampler::new::<Probabilistic> };
    sampler(settings).unwrap().decide(requests).unwrap().remove(0)
}

fn of_id(settings: &str, hex: &str) -> Vote {
    decide(settings, false, &[request([Span::new(id(hex))])]).vote
}

/// Which ids are kept at which percentage is what it is in the Collector (V12 to V16, V21).
#[test]
fn ids_are_kept_as_in_the_collector() {
    let known = [
        ("00000000000000000000000000000000", 75.0, 88.118308, 90.0),
        ("0102030405060708090a0b0c0d0e0f10", 75.0, 85.863333, 90.0),
        ("0af7651916cd43dd8448eb211c80319c", 10.0, 20.214104, 25.0),
        ("4bf92f3577b34da6a3ce929d0e0e4736", 50.0, 64.558719, 75.0),
        ("5b8efff798038103d269b633813fc60c", 50.0, 58.571570, 75.0),
    ];
    for (hex, dropped, smallest, kept) in known {
        let votes =
            [dropped, smallest - 0.000001, smallest + 0.000001, kept].map(|at| of_id(&percent(at), hex));
        assert_eq!(votes, [NotSampled, NotSampled, Sampled, Sampled], "{hex}");
    }
    let salted = |at: f64| format!(r#"{{"hash_salt": "test-salt-1", "sampling_percentage": {at}}}"#);
    let votes = [46.101, 46.101002].map(|at| of_id(&salted(at), "0102030405060708090a0b0c0d0e0f10"));
    assert_eq!(votes, [NotSampled, Sampled]);
}

/// The share of traces that is kept is the share that was asked for (V11).
#[test]
fn shares_are_kept() {
    // Ids of a generator that is good enough, and the same in every run.
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
    };
    let ids: Vec<_> =
        (0..100_000).map(|_| (u128::from(next()) << 64 | u128::from(next())).to_be_bytes()).collect();
    let requests = [request(ids.into_iter().map(Span::new))];
    let share = |settings: &str| {
        let decisions = Sampler::new::<Probabilistic>(settings).unwrap().decide(&requests).unwrap();
        decisions.iter().filter(|decision| decision.vote == Sampled).count() as f64 / 1000.0
    };
    let other_salt = r#"{"hash_salt": "another", "sampling_percentage": 33}"#;
    assert!((share(other_salt) - 33.0).abs() < 0.2);
    for (asked, expected) in
        [(100.0, 100.0), (0.0, 0.0), (25.0, 25.0), (33.0, 33.0), (-50.0, 0.0), (150.0, 100.0)]
    {
        let share = share(&percent(asked));
        assert!((share - expected).abs() < 0.2, "{asked} % kept {share} %");
    }
}

/// Under consistent sampling a trace's own randomness decides, else its hash (V22 to V30).
#[test]
fn explicit_randomness_decides() {
    let vote = |at: f64, tracestate: bool, states: &[&str]| {
        let spans = states.iter().map(|state| Span::new([0; 16]).tracestate(state));
        decide(&percent(at), tracestate, &[request(spans)]).vote
    };
    assert_eq!(vote(50.0, true, &["ot=rv:ffffffffffffff"]), Sampled);
    assert_eq!(vote(50.0, true, &["ot=rv:40000000000000"]), NotSampled);
    assert_eq!(vote(100.0, true, &["ot=rv:40000000000000"]), Sampled);
    assert_eq!(vote(100.0, true, &["ot=th:8"]), Sampled);
    assert_eq!(vote(50.0, true, &["ot=rv:ffffffffffffff", "ot=rv:ffffffffffffff"]), Sampled);
    assert_eq!(vote(100.0, true, &["ot=rv:xyz"]), Sampled);
    assert_eq!(vote(100.0, true, &["=,"]), Sampled);
    assert_eq!(vote(100.0, false, &["ot=th:fffff;rv:00000000000000"]), Sampled);
    // A `th` alone says that the id's own randomness counts: here it is 0, while the hash would be kept.
    assert_eq!(vote(90.0, true, &["ot=th:8"]), NotSampled);
    assert_eq!(vote(90.0, true, &["ot=other:8"]), Sampled);
}

/// Both ways report the threshold, and without tracestates there is none.
#[test]
fn thresholds_are_reported() {
    let known: [(f64, u64); 11] = [
        (0.1, 0xffbe76c8b43958),
        (1.0, 0xfd70a3d70a3d71),
        (5.0, 0xf3333333333333),
        (10.0, 0xe6666666666666),
        (25.0, 0xc0000000000000),
        (33.0, 0xab851eb851eb84),
        (50.0, 0x80000000000000),
        (75.0, 0x40000000000000),
        (90.0, 0x19999999999998),
        (99.0, 0x028f5c28f5c290),
        (100.0, 0),
    ];
    for (at, threshold) in known {
        for state in ["", "ot=rv:ffffffffffffff"] {
            let requests = [request([Span::new([0; 16]).tracestate(state)])];
            let decision = decide(&percent(at), true, &requests);
            assert_eq!(decision.threshold, Threshold::new(threshold), "{at} %");
            assert_eq!(decide(&percent(at), false, &requests).threshold, Threshold::ALWAYS);
        }
    }
}

/// The reason says where the trace lies.
#[test]
fn reasons_say_where() {
    let reason = |at, state| {
        let span = Span::new(id("0af7651916cd43dd8448eb211c80319c")).tracestate(state);
        decide(&percent(at), true, &[request([span])]).reason
    };
    assert_eq!(reason(25.0, ""), "hash at 20.2141 %, within 25 %");
    assert_eq!(reason(0.5, ""), "hash at 20.2141 %, outside 0.5 %");
    assert_eq!(reason(75.0, "ot=rv:80000000000000"), "randomness at 49.9999 %, within 75 %");
}

/// The percentage has to be said.
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<Probabilistic>(settings).unwrap();
    assert!(refused("{}").contains("missing field `sampling_percentage`"));
    assert!(refused(r#"{"sampling_percentage": "10"}"#).starts_with("sampling_percentage: invalid type"));
    assert!(refused(r#"{"sampling_percentage": null}"#).starts_with("sampling_percentage: invalid type"));
}

/// Spans in any order get the same vote, whatever their tracestates say.
#[test]
fn order_does_not_matter() {
    let states = ["", "ot=rv:10000000000000", "ot=rv:f0000000000000", "ot=th:8", "ot=rv:1", "a=b"];
    let requests = select(states.to_vec()).prop_map(|state| request([Span::new([9; 16]).tracestate(state)]));
    order_never_matters::<Probabilistic>(&percent(50.0), vec(requests, 1..5)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<Probabilistic>(include_str!("../../../docs/policies/probabilistic.md"))
        .unwrap();
}
