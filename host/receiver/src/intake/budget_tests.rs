use std::sync::Arc;

use prometheus_client::registry::Registry;

use super::{Budget, OVERHEAD};
use crate::ReceiverMetrics;
use crate::metrics::Handles;
use crate::rejection::Cause;

fn budget(limit: usize, largest: usize) -> (Arc<Budget>, Arc<Handles>) {
    let metrics = Arc::new(ReceiverMetrics::register(&mut Registry::default()).handles("otlp", "grpc"));
    (Arc::new(Budget::new(limit, largest, metrics.clone())), metrics)
}

/// What is taken is given back when the request ends, and the gauges say the same.
#[test]
fn bytes_are_given_back() {
    let (budget, metrics) = budget(100_000, 0);
    let mut hold = budget.admit().expect("room");
    hold.grow(50_000).expect("room");
    hold.shrink(10_000);
    assert_eq!(metrics.in_flight_bytes.get(), (OVERHEAD + 40_000) as i64);
    assert_eq!(metrics.in_flight_requests.get(), 1);
    drop(hold);
    assert_eq!((metrics.in_flight_bytes.get(), metrics.in_flight_requests.get()), (0, 0));
}

/// Above the limit a request is told to come back, and holds no more than before.
#[test]
fn the_limit_holds() {
    let (budget, metrics) = budget(OVERHEAD * 3, 0);
    let mut first = budget.admit().expect("room");
    let second = budget.admit().expect("room");
    assert!(first.check(OVERHEAD).is_ok());
    let rejection = first.check(OVERHEAD + 1).expect_err("no room");
    assert_eq!(rejection.cause, Cause::BytesInFlight);
    assert!(rejection.retry_after.is_some());
    assert!(first.grow(OVERHEAD + 1).is_err());
    assert_eq!(metrics.in_flight_bytes.get(), (OVERHEAD * 2) as i64);
    drop(second);
    assert!(first.grow(OVERHEAD + 1).is_ok());
    assert!(budget.admit().is_err());
    assert_eq!(metrics.in_flight_requests.get(), 1, "a request that was not admitted is not in flight");
}

/// However small the limit, one message of the largest size has room, compressed and decompressed.
#[test]
fn one_message_always_has_room() {
    let (budget, _) = budget(1, 1_000_000);
    let mut hold = budget.admit().expect("room");
    hold.grow(2_000_000).expect("room");
}
