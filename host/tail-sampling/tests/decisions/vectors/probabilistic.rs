//! `probabilistic` by a trace's hash (the Collector's TestProbabilisticSampling and kin); the ids' places were computed from its
//! code.

use crate::spans::{SpanExt, hex, span};
use crate::table::{N, S, Trace, check, decide, one};

fn percent(percentage: &str) -> String {
    one(&format!("type: probabilistic, probabilistic: {{sampling_percentage: {percentage}}}"))
}

fn with_id(id: &str) -> Trace {
    let mut span = span();
    span.trace_id = hex(id);
    span.into()
}

/// Ids, and at which percentages they are just not kept, and just kept.
const IDS: [(&str, &str, &str); 5] = [
    ("00000000000000000000000000000000", "88.118307", "88.118309"),
    ("0102030405060708090a0b0c0d0e0f10", "85.863332", "85.863334"),
    ("0af7651916cd43dd8448eb211c80319c", "20.214103", "20.214105"),
    ("4bf92f3577b34da6a3ce929d0e0e4736", "64.558718", "64.558720"),
    ("5b8efff798038103d269b633813fc60c", "58.571569", "58.571571"),
];

/// Guarantees: V12 to V16: which ids are kept at which percentage is what it is in the Collector, to the last bit that can
/// be written.
#[test]
fn ids_are_kept_at_the_same_percentages() {
    for (id, below, above) in IDS {
        assert_eq!(decide(&percent(below), vec![with_id(id)]), [N], "{id} at {below}");
        assert_eq!(decide(&percent(above), vec![with_id(id)]), [S], "{id} at {above}");
    }
}

/// Guarantees: V12 to V16, the round percentages, on traces that are decided together.
#[test]
fn ids_are_kept_together_as_they_are_alone() {
    let all = || IDS.iter().map(|(id, ..)| with_id(id)).collect::<Vec<_>>();
    check([
        ("10 %", "type: probabilistic, probabilistic: {sampling_percentage: 10}", all(), vec![N; 5]),
        ("25 %", "type: probabilistic, probabilistic: {sampling_percentage: 25}", all(), vec![N, N, S, N, N]),
        ("50 %", "type: probabilistic, probabilistic: {sampling_percentage: 50}", all(), vec![N, N, S, N, N]),
        ("75 %", "type: probabilistic, probabilistic: {sampling_percentage: 75}", all(), vec![N, N, S, S, S]),
        ("90 %", "type: probabilistic, probabilistic: {sampling_percentage: 90}", all(), vec![S; 5]),
    ]);
}

/// Guarantees: V21: another salt gives ids another place.
#[test]
fn a_salt_moves_ids() {
    let salted = |percentage| {
        let block = format!(
            "type: probabilistic, probabilistic: {{hash_salt: test-salt-1, sampling_percentage: {percentage}}}"
        );
        decide(&one(&block), vec![with_id("0102030405060708090a0b0c0d0e0f10")])
    };
    assert_eq!((salted("46.101"), salted("46.101002")), (vec![N], vec![S]));
}

/// Guarantees: V11: of many ids the share is kept that was asked for, also with another salt, none of less than nothing,
/// and all of more than all.
#[test]
fn shares_are_kept() {
    let mut random = fastrand::Rng::with_seed(11);
    let ids: Vec<Vec<u8>> = (0..20_000).map(|_| random.u128(..).to_be_bytes().to_vec()).collect();
    for (percentage, more, expected) in [
        ("100", "", 100.0),
        ("0", "", 0.0),
        ("25", "", 25.0),
        ("33", "", 33.0),
        ("33", ", hash_salt: other", 33.0),
        ("-50", "", 0.0),
        ("150", "", 100.0),
    ] {
        let policy =
            format!("type: probabilistic, probabilistic: {{sampling_percentage: {percentage}{more}}}");
        let mut simulation =
            crate::harness::Simulation::new(&format!("num_traces: 100000\n{}", one(&policy)));
        simulation.send(ids.iter().map(|id| {
            let mut span = span();
            span.trace_id = id.clone();
            span
        }));
        simulation.pass(30_000);
        let share = simulation.released_count() as f64 / 200.0;
        // Four standard deviations of 20,000 ids are 1.4 points.
        assert!((share - expected).abs() < 1.4, "{percentage} {more}: {share} %");
        assert!(!matches!(percentage, "0" | "-50") || share == 0.0);
        assert!(!matches!(percentage, "100" | "150") || share == 100.0);
    }
}

/// Guarantees: V30: without `use_tracestate` what a tracestate says of sampling does not count.
#[test]
fn tracestates_do_not_count_unless_asked() {
    let mut span = span().tracestate("ot=th:fffff;rv:00000000000000");
    span.trace_id = vec![0; 16];
    assert_eq!(decide(&percent("100"), vec![span.into()]), [S]);
}
