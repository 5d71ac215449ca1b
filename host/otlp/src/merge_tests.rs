use std::time::{Duration, Instant};

use super::*;
use crate::RequestMetadata;

/// A request of `resources` empty resources.
fn payload(signal: Signal, resources: usize) -> Payload {
    Payload::bare(Request::scan(signal, [0x0a, 0x00].repeat(resources).into()).unwrap())
}

/// A payload keeps a row of metadata for each request that came in, and the resources that belong to it.
#[test]
fn metadata_is_kept_by_request() {
    let connection = |mut payload: Payload, connection| {
        payload.metadata = [RequestMetadata { connection, ..payload.metadata[0].clone() }].into();
        payload
    };
    let first = connection(payload(Signal::Logs, 2), 7);
    let second = connection(payload(Signal::Logs, 3), 8);
    let merged = merge(vec![merge(vec![first, second]).unwrap(), payload(Signal::Logs, 1)]).unwrap();
    let rows: Vec<_> = merged.metadata.iter().map(|row| (row.connection, row.resources)).collect();
    assert_eq!(rows, [(7, 2), (8, 3), (0, 1)]);
    assert_eq!(merged.request.index().resources.len(), 6);
}

/// Nobody waits longer for being merged with others: the earliest deadline counts.
#[test]
fn the_earliest_deadline_counts() {
    let now = Instant::now();
    let due =
        |after| Payload { deadline: Some(now + Duration::from_secs(after)), ..payload(Signal::Traces, 1) };
    let merged = merge(vec![due(5), payload(Signal::Traces, 1), due(3)]).unwrap();
    assert_eq!(merged.deadline, Some(now + Duration::from_secs(3)));
}

/// One payload alone is not copied.
#[test]
fn one_payload_is_passed_on() {
    let payload = payload(Signal::Metrics, 3);
    let body = payload.request.body().as_ptr();
    assert_eq!(merge(vec![payload]).unwrap().request.body().as_ptr(), body);
}

/// There is no payload of nothing, and none of two signals.
#[test]
fn only_payloads_of_one_signal_are_merged() {
    assert!(merge(Vec::new()).is_none());
    assert!(merge(vec![payload(Signal::Logs, 1), payload(Signal::Traces, 1)]).is_none());
}
