use std::collections::{HashMap, HashSet};

use clap::ValueEnum;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use super::{Shape, Template};

fn traces(body: &[u8]) -> HashMap<Vec<u8>, usize> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let mut traces = HashMap::new();
    for span in request.resource_spans.into_iter().flat_map(|r| r.scope_spans).flat_map(|s| s.spans) {
        *traces.entry(span.trace_id).or_default() += 1;
    }
    traces
}

/// Every shape has the spans, traces, resources and bytes that its name promises.
#[test]
fn shapes_are_what_they_say() {
    for shape in Shape::value_variants() {
        let dimensions = shape.dimensions();
        let template = Template::build(dimensions, &mut fastrand::Rng::with_seed(1)).unwrap();
        let body = template.stamped(0);

        assert_eq!(template.spans(), dimensions.spans);
        assert_eq!(traces(&body).len(), dimensions.spans / dimensions.spans_per_trace);
        let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
        assert_eq!(request.resource_spans.len(), dimensions.resources);
        let per_span = body.len() / template.spans();
        assert!((500..=560).contains(&per_span), "{per_span} bytes a span");
    }
}

/// A stamp changes every trace id and nothing else, and keeps the spans of a trace together.
#[test]
fn stamping_renames_traces() {
    let template = Template::build(Shape::S.dimensions(), &mut fastrand::Rng::with_seed(1)).unwrap();
    let (before, after) = (template.stamped(0), template.stamped(7));

    let ids = |body: &[u8]| traces(body).into_keys().collect::<HashSet<_>>();
    assert!(ids(&before).is_disjoint(&ids(&after)));
    assert!(traces(&after).values().all(|&spans| spans == 10));
    assert_eq!(before.len(), after.len());
}
