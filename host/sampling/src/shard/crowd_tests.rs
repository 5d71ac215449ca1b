use super::*;

/// Guarantees: the line says what there is, what that allows, and what it would take.
#[test]
fn the_line_says_what_it_takes() {
    let settings = SamplingSettings { max_bytes: 512 << 20, ..SamplingSettings::default() };
    let held = Holding { traces: 50_000, bytes: 256 << 20, spans: 500_000 };
    assert_eq!(
        words(Duration::from_secs(2), &settings, &held),
        "traces are decided early: num_traces 50000 and max_memory_mib 512 allow 2.0 s of decision_wait 30.0 s; it \
         takes about 750000 traces, which are 3.8 GiB"
    );
}

/// Guarantees: it is said once when it begins, and again after a minute only.
#[test]
fn it_is_not_said_for_every_trace() {
    let (crowd, settings) = (Crowd::default(), SamplingSettings::default());
    let said = |millis| {
        crowd.evicted(Duration::from_secs(1), Duration::from_millis(millis), &settings, &Holding::default());
        crowd.said.load(Ordering::Relaxed)
    };
    assert_eq!([said(5), said(6), said(60_004), said(60_005), said(60_006)], [6, 6, 6, 60_006, 60_006]);
}
