use http::HeaderValue;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;

use super::*;
use crate::{RequestMetadata, SenderHeaders};

const NO_LIMIT: usize = usize::MAX;

/// A scope: its name, and the names of its spans.
type Scope<'a> = (&'a str, &'a [&'a str]);

/// Spans in scopes, in resources by schema URL.
fn traces(resources: &[(&str, &[Scope<'_>])]) -> ExportTraceServiceRequest {
    let span = |name: &&str| Span { name: (*name).to_owned(), trace_id: vec![1; 16], ..Span::default() };
    let scope = |(name, spans): &Scope<'_>| ScopeSpans {
        scope: Some(InstrumentationScope { name: (*name).to_owned(), ..InstrumentationScope::default() }),
        spans: spans.iter().map(span).collect(),
        ..ScopeSpans::default()
    };
    let resource = |(name, scopes): &(&str, &[Scope<'_>])| ResourceSpans {
        schema_url: (*name).to_owned(),
        scope_spans: scopes.iter().map(scope).collect(),
        ..ResourceSpans::default()
    };
    ExportTraceServiceRequest { resource_spans: resources.iter().map(resource).collect() }
}

fn scanned(request: &ExportTraceServiceRequest) -> Request {
    Request::scan(Signal::Traces, request.encode_to_vec().into()).unwrap()
}

fn decoded(part: &Part) -> ExportTraceServiceRequest {
    ExportTraceServiceRequest::decode(part.body.clone()).unwrap()
}

fn spans(part: &Part) -> Vec<String> {
    let resources = decoded(part).resource_spans.into_iter();
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

/// Where all goes to one place nothing is copied.
#[test]
fn one_bucket_gets_the_body_itself() {
    let request = scanned(&traces(&[("r", &[("s", &["a", "b"])])]));
    let split = split(&request, &[3, 3], 4, request.body().len());
    assert_eq!(split.parts.len(), 1);
    assert_eq!((split.parts[0].bucket, split.parts[0].items), (3, 2));
    assert_eq!(split.parts[0].body.as_ptr(), request.body().as_ptr());
}

/// A request without leaves gives no parts, and neither does one of which nothing is routed.
#[test]
fn nothing_to_send_gives_no_parts() {
    let empty = scanned(&traces(&[("r", &[("s", &[])]), ("r", &[])]));
    assert!(split(&empty, &[], 2, NO_LIMIT).parts.is_empty());
    assert!(cut(&empty, 1).parts.is_empty());
    let rejected = scanned(&traces(&[("r", &[("s", &["a", "b"])])]));
    assert!(split(&rejected, &[LEFT_OUT, LEFT_OUT], 2, NO_LIMIT).parts.is_empty());
}

/// Parts come by bucket, leaves in their order, and headers only where they have leaves.
#[test]
fn parts_have_the_headers_they_need() {
    let request =
        scanned(&traces(&[("r1", &[("s1", &["a", "b", "c"]), ("s2", &["d"])]), ("r2", &[("s3", &["e"])])]));
    let split = split(&request, &[1, 0, 1, 1, LEFT_OUT], 2, NO_LIMIT);
    let parts: Vec<_> = split.parts.iter().map(decoded).collect();
    assert_eq!(
        parts,
        [traces(&[("r1", &[("s1", &["b"])])]), traces(&[("r1", &[("s1", &["a", "c"]), ("s2", &["d"])])]),]
    );
    assert_eq!(
        split.parts.iter().map(|part| (part.bucket, part.items)).collect::<Vec<_>>(),
        [(0, 1), (1, 3)]
    );
}

/// A data point may go elsewhere than its siblings; all that describes the metric stays with each.
#[test]
fn a_metric_is_split_below_itself() {
    let point = |time| NumberDataPoint { time_unix_nano: time, ..NumberDataPoint::default() };
    let request = |points: &[u64]| {
        let data_points = points.iter().map(|time| point(*time)).collect();
        let data = Data::Sum(Sum { data_points, aggregation_temporality: 2, is_monotonic: true });
        let text = str::to_owned;
        let (name, description, unit) = (text("requests"), text("of all kinds"), text("1"));
        let metric = Metric { name, description, unit, data: Some(data), ..Metric::default() };
        let scope = ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() };
        let resource = ResourceMetrics { scope_metrics: vec![scope], ..ResourceMetrics::default() };
        ExportMetricsServiceRequest { resource_metrics: vec![resource] }
    };
    let whole = Request::scan(Signal::Metrics, request(&[1, 2, 3]).encode_to_vec().into()).unwrap();
    let parts = split(&whole, &[0, 1, 0], 2, NO_LIMIT).parts;
    let decoded: Vec<_> =
        parts.iter().map(|part| ExportMetricsServiceRequest::decode(part.body.clone()).unwrap()).collect();
    assert_eq!(decoded, [request(&[1, 3]), request(&[2])]);
}

/// What has no leaves goes once: top-level fields of the future and empty resources with the first part,
/// an empty scope with the first part that has its resource.
#[test]
fn what_has_no_leaves_goes_once() {
    let message =
        traces(&[("r1", &[("s1", &["a"])]), ("empty", &[]), ("r2", &[("none", &[]), ("s2", &["b", "c"])])]);
    let unknown = [0xa2, 0x06, 2, b'h', b'i'];
    let body = [message.encode_to_vec(), unknown.to_vec()].concat();
    let request = Request::scan(Signal::Traces, body.into()).unwrap();
    let parts = split(&request, &[2, 1, 5], 6, NO_LIMIT).parts;
    assert_eq!(decoded(&parts[0]), traces(&[("empty", &[]), ("r2", &[("none", &[]), ("s2", &["b"])])]));
    assert_eq!(decoded(&parts[1]), traces(&[("r1", &[("s1", &["a"])])]));
    assert_eq!(decoded(&parts[2]), traces(&[("r2", &[("s2", &["c"])])]));
    assert!(parts[0].body.starts_with(&unknown));
    assert_eq!(parts.iter().filter(|part| part.body.windows(5).any(|bytes| bytes == unknown)).count(), 1);
}

/// A part's buffer is exactly as large as the part.
#[test]
fn a_part_is_allocated_at_its_size() {
    let request = scanned(&traces(&[("r1", &[("s1", &["a", "b", "c"]), ("s2", &["d"])])]));
    for part in split(&request, &[0, 1, 1, 0], 2, NO_LIMIT).parts {
        let length = part.body.len();
        assert_eq!(part.body.try_into_mut().unwrap().capacity(), length);
    }
}

/// Hundreds of buckets get their leaves, those without leaves no part.
#[test]
fn many_buckets_are_served() {
    let names: Vec<_> = (0..50).map(|number| number.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let request = scanned(&traces(&[("r", &[("s", &names)])]));
    let buckets: Vec<u32> = (0..50).map(|leaf| 999 - leaf * 20).collect();
    let parts = split(&request, &buckets, 1000, NO_LIMIT).parts;
    assert_eq!(parts.len(), 50);
    assert!(parts.is_sorted_by_key(|part| part.bucket));
    for part in &parts {
        assert_eq!(spans(part), [((999 - part.bucket) / 20).to_string()]);
    }
}

/// A bound cuts inside a scope; each part has the headers again, and none exceeds the bound.
#[test]
fn a_bound_cuts_inside_a_scope() {
    let request = scanned(&traces(&[("resource", &[("scope", &["a", "b", "c", "d", "e"])])]));
    let two = traces(&[("resource", &[("scope", &["a", "b"])])]).encoded_len();
    let split = cut(&request, two);
    assert!(split.oversize.is_empty());
    let names: Vec<_> = split.parts.iter().map(spans).collect();
    assert_eq!(names, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    assert!(split.parts.iter().all(|part| part.bucket == 0 && part.body.len() <= two));
    assert_eq!(cut(&request, two - 1).parts.len(), 5);
}

/// A leaf that is too large even alone is in no part, and said to be so; the others are sent.
#[test]
fn a_leaf_that_is_too_large_is_reported() {
    let large = "x".repeat(500);
    let request = scanned(&traces(&[("r", &[("s", &["a", &large, "b"])])]));
    let alone = traces(&[("r", &[("s", &[&large])])]).encoded_len();
    let split = split(&request, &[7, 7, 7], 8, alone - 1);
    assert_eq!(split.oversize, [Oversize { bucket: 7, bytes: alone, items: 1 }]);
    assert_eq!(split.parts.iter().map(spans).collect::<Vec<_>>(), [["a", "b"]]);
    assert!(cut(&request, alone).oversize.is_empty());
}

/// Something without leaves that is too large is reported as well, and is no item.
#[test]
fn an_empty_resource_that_is_too_large_is_reported() {
    let large = "x".repeat(500);
    let request = scanned(&traces(&[("r", &[("s", &["a"])]), (&large, &[])]));
    let split = cut(&request, 400);
    assert_eq!(split.oversize.iter().map(|oversize| oversize.items).collect::<Vec<_>>(), [0]);
    assert_eq!(split.parts.iter().map(spans).collect::<Vec<_>>(), [["a"]]);
}

/// A request is halved by size, so that a large leaf is soon alone.
#[test]
fn halves_are_of_about_the_same_size() {
    let large = "x".repeat(500);
    let body = traces(&[("r", &[("s", &["a", "b", "c", &large])])]).encode_to_vec().into();
    let (first, second) = halve(Signal::Traces, &body).unwrap();
    assert_eq!(
        (spans(&first), spans(&second)),
        (vec!["a".into(), "b".into(), "c".into()], vec![large.clone()])
    );
    assert_eq!((first.bucket, second.bucket), (0, 0));

    let body = traces(&[("r", &[("s", &[&large, "a", "b", "c"])])]).encode_to_vec().into();
    let (first, second) = halve(Signal::Traces, &body).unwrap();
    assert_eq!((first.items, second.items), (1, 3));
}

/// One leaf cannot be halved, and neither can what is no request.
#[test]
fn one_leaf_is_not_halved() {
    let one = traces(&[("r", &[("s", &["a"])]), ("empty", &[])]).encode_to_vec().into();
    assert!(halve(Signal::Traces, &one).is_none());
    assert!(halve(Signal::Traces, &Bytes::from_static(b"nonsense")).is_none());
}

/// The halves of a part go to its backend, and are of the client request that it was of.
#[test]
fn halves_keep_backend_and_metadata() {
    let request = scanned(&traces(&[("r", &[("s", &["a", "b"])])]));
    let row = |connection| RequestMetadata { connection, ..RequestMetadata::default() };
    let whole = split(&request, &[3, 3], 4, usize::MAX).parts.remove(0);

    let sender: SenderHeaders = Arc::new([Some(HeaderValue::from_static("acme")), None]);
    let metadata = Some(Arc::from([row(7)]));
    let one = Part { metadata, sender: Some(sender.clone()), ..whole.clone() };
    let (first, second) = one.halve().unwrap();
    for half in [first, second] {
        assert_eq!(half.sender.as_ref(), Some(&sender));
        assert_eq!((half.bucket, half.items), (3, 1));
        assert_eq!(half.metadata.unwrap()[0].connection, 7);
    }
    let several = Part { metadata: Some(Arc::new([row(7), row(8)])), ..whole };
    let (first, second) = several.halve().unwrap();
    assert!(first.metadata.is_none() && second.metadata.is_none());
}
