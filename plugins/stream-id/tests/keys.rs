//! The keys of `streamID`, through the public surface of the plugin.

#![cfg(test)]

use sluice_key_vectors::vectors;
use sluice_sdk::Signal;
use sluice_sdk::testing::{Harness, Key, Metric, Point, Request, Resource, Scope};
use sluice_stream_id::StreamId;

fn keys(request: Request) -> Vec<Key> {
    Harness::new::<StreamId>(Signal::Metrics, "{}").unwrap().keys(&[request]).unwrap()
}

fn resource(host: &str) -> Resource {
    Resource::new().attribute("host.name", host)
}

fn gauge(name: &str) -> Metric {
    Metric::new(name).metric_type(1)
}

fn point(cpu: i64) -> Point {
    Point::new().attribute("cpu", cpu).attribute("state", "idle")
}

/// Every vector that the Collector printed for this key comes out the same.
#[test]
fn keys_are_those_of_the_collector() {
    let vectors = vectors("streamID", Signal::Metrics).unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        assert_eq!(keys(vector.request), [vector.key.unwrap()], "{}", vector.note);
    }
}

/// What the Collector would tell apart has different keys, and only that.
#[test]
fn every_level_counts() {
    let of_scope = |scope: Scope| keys(Request::new().resource(resource("a").scope(scope)));
    let base = of_scope(Scope::new("s").metric(gauge("m").point(point(0))));
    let others = [
        keys(
            Request::new().resource(resource("b").scope(Scope::new("s").metric(gauge("m").point(point(0))))),
        ),
        of_scope(Scope::new("t").metric(gauge("m").point(point(0)))),
        of_scope(Scope::new("s").version("2").metric(gauge("m").point(point(0)))),
        of_scope(Scope::new("s").attribute("k", "v").metric(gauge("m").point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("n").point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("m").unit("By").point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("m").metric_type(2).point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("m").temporality(1).point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("m").metric_type(2).monotonic(true).point(point(0)))),
        of_scope(Scope::new("s").metric(gauge("m").point(point(1)))),
    ];
    for (number, other) in others.iter().enumerate() {
        assert_ne!(*other, base, "number {number}");
    }
    assert_eq!(of_scope(Scope::new("s").schema_url("x").metric(gauge("m").point(point(0).time(7)))), base);
}

/// The order of attributes is of no account.
#[test]
fn attributes_are_sorted() {
    let metric =
        gauge("m").point(point(0)).point(Point::new().attribute("state", "idle").attribute("cpu", 0));
    let keys = keys(Request::new().resource(resource("a").scope(Scope::new("").metric(metric))));
    assert_eq!(keys[0], keys[1]);
}

/// Each point is keyed below its own metric, scope and resource, wherever these lie in the batch.
#[test]
fn points_find_their_ancestors() {
    let scope = |name: &str| {
        Scope::new(name).metric(gauge("m").point(point(0)).point(point(1))).metric(gauge("n").point(point(0)))
    };
    let alone = |host: &str, name: &str| keys(Request::new().resource(resource(host).scope(scope(name))));
    let together = Request::new()
        .resource(resource("a").scope(scope("s")).scope(scope("t")))
        .resource(resource("b").scope(scope("s")));
    assert_eq!(keys(together), [alone("a", "s"), alone("a", "t"), alone("b", "s")].concat());
}

/// Spans and log records have no streams; the error names the keys that they have.
#[test]
fn other_signals_are_refused_with_a_hint() {
    for signal in [Signal::Traces, Signal::Logs] {
        let error = Harness::new::<StreamId>(signal, "{}").unwrap_err();
        assert!(error.contains("traceID") && error.contains("service"), "{error}");
    }
}
