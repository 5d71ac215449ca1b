//! Bytes from the wire: C2 42 of the Collector's cases (FuzzConsumeTraces).

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;

use crate::harness::Simulation;
use crate::spans::{SpanExt, resource, span, string};

/// Every kind of policy, so that every column is read.
const POLICIES: &str = "decision_wait: 1s
use_tracestate: true
record_policy: true
policies:
- {name: flags, type: trace_flags}
- {name: latency, type: latency, latency: {threshold_ms: 1}}
- {name: number, type: numeric_attribute, numeric_attribute: {key: k, min_value: 1}}
- {name: truth, type: boolean_attribute, boolean_attribute: {key: k, value: true}}
- {name: text, type: string_attribute, string_attribute: {key: k, values: ['^v'], enabled_regex_matching: true}}
- {name: status, type: status_code, status_code: {status_codes: [ERROR]}}
- {name: state, type: trace_state, trace_state: {key: k, values: [v]}}
- {name: share, type: probabilistic, probabilistic: {sampling_percentage: 10}}
- {name: rate, type: rate_limiting, rate_limiting: {spans_per_second: 5}}
- {name: bytes, type: bytes_limiting, bytes_limiting: {bytes_per_second: 500}}
- name: condition
  type: ottl_condition
  ottl_condition:
    error_mode: ignore
    span: ['attributes[\"k\"][\"a\"] == 1 or Len(name) > 100 or status.message == \"x\" or resource.attributes[\"k\"] == \"v\"']
    spanevent: ['attributes[\"k\"] == \"v\" or name == \"x\"']
- {name: probes, type: drop, drop: {drop_sub_policy: [{name: probe, type: string_attribute, string_attribute: {key: d, values: [v]}}]}}
";

/// A request with something of everything.
fn request() -> Vec<u8> {
    let spans = [
        span()
            .of(1)
            .with("k", string("v"))
            .event("x")
            .tracestate("k=v,ot=th:8;rv:0123456789abcd")
            .flags(1)
            .status(2),
        span().of(2).lasting(0, 5).root(),
    ];
    ExportTraceServiceRequest { resource_spans: vec![resource("shop", spans)] }.encode_to_vec()
}

/// Sends bytes between others and lets them be decided: what was taken is decided, and nothing stays.
fn survive(bodies: Vec<Vec<u8>>) {
    let mut simulation = Simulation::new(POLICIES);
    for body in bodies {
        let _ = simulation.send_bytes(body);
        simulation.pass(300);
    }
    simulation.send_bytes(request()).unwrap();
    simulation.pass(2000);
    assert_eq!(simulation.held(), sluice_sampling::Held::default());
    assert_eq!(simulation.metric("sluice_sampler_policy_errors_total", &[]), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Guarantees: no bytes make the way from the wire to a decision panic, or a policy fail, or stay.
    #[test]
    fn any_bytes_are_survived(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8)) {
        survive(bodies);
    }

    /// Guarantees: the same for a request some bytes of which were changed, left out, or repeated: most of these are requests
    /// still.
    #[test]
    fn broken_requests_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6),
        repeats in 1_usize..4,
    ) {
        let whole = request();
        let mut body = whole.repeat(repeats);
        for (place, byte, how) in changes {
            if body.is_empty() {
                break;
            }
            let place = place.index(body.len());
            match how {
                0 => body[place] = byte,
                1 => { body.remove(place); }
                _ => body.insert(place, byte),
            }
        }
        survive(vec![body, whole]);
    }
}
