//! `rate_limiting` and `bytes_limiting` (the Collector's TestRateLimiter, TestBytesLimiting..., TestRateLimiter in the whole
//! loop, and the tests of its budget limiting).

use prost::Message as _;

use crate::harness::Simulation;
use crate::spans::{SpanExt, id, span};
use crate::table::{N, S};

/// Traces by randomness and number of spans that come together and are decided together; what becomes of each, and the `th`
/// that came out.
fn share(block: &str, traces: &[(u64, usize)]) -> (Vec<sluice_sampling::Decision>, Vec<String>) {
    let mut simulation = Simulation::new(block);
    for (trace, count) in traces {
        simulation.send((0..*count).map(|_| span().of(*trace)));
    }
    simulation.pass(30_000);
    let decisions = traces.iter().map(|(trace, _)| simulation.explained(&id(*trace)).decision).collect();
    let mut states: Vec<_> = simulation.released().into_iter().map(|span| span.trace_state).collect();
    states.dedup();
    (decisions, states)
}

/// Guarantees: V38 as the Collector has it since v0.153: a bucket of twice the rate, of which a trace takes its spans or
/// nothing, and a trace that just fits is kept. (The counter per second of before would have kept the last two.)
#[test]
fn a_trace_takes_its_spans_or_nothing() {
    let block = "policies:\n- {name: it, type: rate_limiting, rate_limiting: {spans_per_second: 3, burst_capacity: 3}}\n";
    for (spans, expected) in [(10, N), (4, N), (3, S), (2, S)] {
        assert_eq!(share(block, &[(1, spans)]).0, [expected], "{spans} spans");
    }
    // What has more randomness comes first.
    assert_eq!(share(block, &[(1, 1), (2, 2), (3, 2)]).0, [S, N, S]);
}

/// Guarantees: the whole loop (the Collector's TestRateLimiter of the processor): of eleven traces that are due together
/// the bucket's worth is kept, and with time it fills again.
#[test]
fn the_bucket_empties_and_fills() {
    let mut simulation = Simulation::new(
        "decision_wait: 1s\npolicies:\n- {name: it, type: rate_limiting, rate_limiting: {spans_per_second: 2}}\n",
    );
    let mut kept = |first: u64, wait: u64| {
        simulation.send((first..first + 11).map(|trace| span().of(trace)));
        simulation.pass(wait);
        simulation.released_count()
    };
    assert_eq!([kept(1, 1000), kept(20, 1000), kept(40, 60_000), kept(60, 1000)], [4, 2, 2, 4]);
}

/// Guarantees: V39 to V41: with `use_tracestate` traces that are due together share what there is by their randomness, the
/// threshold is just above the first that is refused, and it is written.
#[test]
fn traces_share_by_randomness() {
    let block = |burst: u32| {
        format!(
            "use_tracestate: true\npolicies:\n- {{name: it, type: rate_limiting, rate_limiting: {{spans_per_second: 1, \
             burst_capacity: {burst}}}}}\n"
        )
    };
    let (decisions, states) = share(&block(5), &[(100, 2), (50, 2), (10, 2)]);
    assert_eq!((decisions, states), (vec![S, S, N], vec!["ot=th:0000000000000b".to_owned()]), "V39");
    let (decisions, states) = share(&block(10), &[(100, 2), (50, 2)]);
    assert_eq!((decisions, states), (vec![S, S], vec!["ot=th:0".to_owned()]), "V40");
    assert_eq!(share(&block(2), &[(100, 5)]).0, [N], "V41");
}

/// Guarantees: inside `and`, with `use_tracestate`, only traces that all other parts keep share out what there is, wherever the
/// limiter stands.
#[test]
fn a_limiter_inside_and_sees_what_others_keep() {
    let block = "use_tracestate: true
policies:
- name: it
  type: and
  and:
    and_sub_policy:
    - {name: rate, type: rate_limiting, rate_limiting: {spans_per_second: 1, burst_capacity: 2}}
    - {name: many, type: span_count, span_count: {min_spans: 2}}
";
    assert_eq!(share(block, &[(100, 1), (50, 1), (10, 2)]).0, [N, N, S]);
}

/// Guarantees: bytes are those of the spans on the wire; a trace that costs just what there is is kept (the Collector's
/// TestBytesLimiting).
#[test]
fn bytes_are_counted() {
    // With tag and length of each span, as they are in a request.
    let bytes = span().of(1).encoded_len() + 2;
    let block = |burst: usize| {
        format!(
            "policies:\n- {{name: it, type: bytes_limiting, bytes_limiting: {{bytes_per_second: 1, burst_capacity: {burst}}}}}\n"
        )
    };
    assert_eq!(share(&block(2 * bytes), &[(1, 2)]).0, [S]);
    assert_eq!(share(&block(2 * bytes - 1), &[(1, 2)]).0, [N]);
    assert_eq!(share(&block(2 * bytes), &[(1, 1), (2, 1), (3, 1)]).0, [N, S, S]);
}

/// Guarantees (V43 as the Collector has it now): shards draw on one bucket, and together keep what one would.
#[test]
fn shards_share_a_bucket() {
    for shards in [1, 4] {
        let mut simulation = Simulation::new(&format!(
            "decision_wait: 1s\nnum_shards: {shards}\npolicies:\n- {{name: it, type: rate_limiting, \
             rate_limiting: {{spans_per_second: 10}}}}\n"
        ));
        simulation.send((1..=400).map(|trace| span().of(trace)));
        simulation.pass(1000);
        assert_eq!(simulation.released_count(), 20, "{shards} shards");
    }
}

/// Guarantees: a limiter goes on where the wall clock was set back: what it may keep per second it keeps, and not much more.
#[test]
fn a_clock_that_is_set_back_starves_no_limiter() {
    for policy in [
        "type: rate_limiting, rate_limiting: {spans_per_second: 10, burst_capacity: 10}",
        "type: composite, composite: {max_total_spans_per_second: 10, composite_sub_policy: [{name: all, type: always_sample}]}",
    ] {
        let mut simulation =
            Simulation::new(&format!("decision_wait: 0s\npolicies:\n- {{name: it, {policy}}}\n"));
        let mut kept = Vec::new();
        for second in 0..20 {
            if second == 10 {
                simulation.set_clock(-3600);
            }
            simulation.send((1..=30).map(|trace| span().of(1000 * second + trace)));
            simulation.pass(1000);
            kept.push(simulation.released_count());
        }
        assert!(kept[11..].iter().all(|kept| (9..=10).contains(kept)), "{policy}: {kept:?}");
        assert!(kept.iter().sum::<usize>() <= 210, "{policy}: {kept:?}");
    }
}
