use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use super::partition;
use crate::{Payload, Request, RequestMetadata, Signal, merge};

/// A request of a client, with a resource for each of `resources`, which says how many spans it has.
fn request(connection: u64, name: &str, resources: &[usize]) -> Payload {
    let resource_spans = |spans: &usize| {
        let spans = vec![Span { name: name.to_owned(), ..Span::default() }; *spans];
        let scope = ScopeSpans { spans, ..ScopeSpans::default() };
        ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() }
    };
    let message =
        ExportTraceServiceRequest { resource_spans: resources.iter().map(resource_spans).collect() };
    let mut payload = Payload::bare(Request::scan(Signal::Traces, message.encode_to_vec().into()).unwrap());
    payload.metadata = [RequestMetadata { connection, ..payload.metadata[0].clone() }].into();
    payload
}

/// What is in a payload: the names of its spans, and connection and resources of its rows.
type Content = (Vec<String>, Vec<(u64, u32)>);

fn content(payload: &Payload) -> Content {
    let message = ExportTraceServiceRequest::decode(payload.request.body().clone()).unwrap();
    let scopes = message.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let names = scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect();
    (names, payload.metadata.iter().map(|row| (row.connection, row.resources)).collect())
}

fn parted(payload: Payload) -> Vec<(u64, Content)> {
    let parted = partition(payload, |row| row.connection % 10).unwrap();
    parted.iter().map(|(key, payload)| (*key, content(payload))).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Requests of one key stay together, in their order and with their rows; each span is with its key.
#[test]
fn requests_meet_by_key() {
    let requests =
        vec![request(1, "a", &[1, 2]), request(2, "b", &[1]), request(11, "c", &[1]), request(2, "d", &[2])];
    assert_eq!(
        parted(merge(requests).unwrap()),
        [
            (1, (names(&["a", "a", "a", "c"]), vec![(1, 2), (11, 1)])),
            (2, (names(&["b", "d", "d"]), vec![(2, 1), (2, 1)])),
        ]
    );
}

/// With one key, nothing is copied.
#[test]
fn one_key_is_passed_on() {
    let payload = merge(vec![request(1, "a", &[1]), request(11, "b", &[1])]).unwrap();
    let body = payload.request.body().as_ptr();
    let parted = partition(payload, |row| row.connection % 10).unwrap();
    assert_eq!(parted.len(), 1);
    assert_eq!(parted[0].1.request.body().as_ptr(), body);
}

/// Resources without spans take no span to another key, and the rows fit what is there.
#[test]
fn resources_without_spans_do_no_harm() {
    let requests = vec![request(1, "a", &[0, 1]), request(2, "b", &[1, 0]), request(3, "c", &[0])];
    for (key, (found, rows)) in parted(merge(requests).unwrap()) {
        assert_eq!(found, names(&[["a", "b"][key as usize - 1]]));
        assert!(rows.iter().all(|(connection, _)| *connection == key), "{rows:?}");
    }
}
