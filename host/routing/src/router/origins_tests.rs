use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use sluice_otlp::{LEFT_OUT, Payload, Request, RequestMetadata, Signal, merge, split};
use sluice_tests::traffic::{attribute, traces};

use super::{attach, restore};

/// A client's request of two resources, which name the connection that it came over.
fn payload(connection: u64) -> Payload {
    let mut request = traces(4, 8);
    for resource in &mut request.resource_spans {
        resource.resource.as_mut().unwrap().attributes =
            vec![attribute("connection", &connection.to_string())];
    }
    let request = Request::scan(Signal::Traces, request.encode_to_vec().into()).unwrap();
    let row = RequestMetadata { connection, resources: 2, ..RequestMetadata::default() };
    Payload { metadata: Arc::new([row]), ..Payload::bare(request) }
}

/// The connection of each resource: as its attribute says, and as its row of metadata does.
fn connections(payload: &Payload) -> (Vec<String>, Vec<String>) {
    let request = ExportTraceServiceRequest::decode(payload.request.body().clone()).unwrap();
    let said = request.resource_spans.into_iter().map(|resource| {
        let attribute = resource.resource.unwrap().attributes.remove(0);
        match attribute.value.unwrap().value.unwrap() {
            opentelemetry_proto::tonic::common::v1::any_value::Value::StringValue(text) => text,
            other => panic!("{other:?}"),
        }
    });
    let rows = payload.metadata.iter();
    let kept = rows.flat_map(|row| std::iter::repeat_n(row.connection.to_string(), row.resources as usize));
    (said.collect(), kept.collect())
}

/// Whatever is split off a batch of several requests, each resource is still known to be of its own request.
#[test]
fn every_resource_keeps_its_request() {
    let mut random = fastrand::Rng::with_seed(7);
    for requests in [1, 2, 5] {
        for limit in [usize::MAX, 3_000] {
            let payload = merge((1..=requests).map(payload).collect()).unwrap();
            let buckets: Vec<u32> =
                (0..payload.items()).map(|_| *random.choice(&[0, 1, 2, LEFT_OUT]).unwrap()).collect();
            let mut split = split(&payload.request, &buckets, 3, limit);
            attach(&payload, &buckets, &mut split);

            assert!(split.parts.len() >= 3);
            for part in split.parts {
                let request = Request::scan(part.signal, part.body).unwrap();
                let restored = restore(request, part.metadata.as_deref());
                let (said, kept) = connections(&restored);
                assert_eq!(said, kept);
            }
        }
    }
}

/// Metadata that does not fit what a part has become is not guessed at.
#[test]
fn metadata_that_does_not_fit_is_left() {
    let row = RequestMetadata { connection: 5, resources: 1, ..RequestMetadata::default() };
    let rows = [row.clone(), RequestMetadata { resources: 7, ..row }];
    let restored = restore(payload(5).request, Some(&rows));
    assert_eq!(restored.metadata.len(), 1);
    assert_eq!((restored.metadata[0].connection, restored.metadata[0].resources), (0, 2));
}
