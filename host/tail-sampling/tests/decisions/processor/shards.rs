//! Several shards: C2 34 to 37 of the Collector's cases, and real threads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prometheus_client::registry::Registry;
use prost::Message as _;
use sluice_config::ComponentId;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reply};
use sluice_sampling::{SamplingMetrics, Trigger};

use crate::harness::{Simulation, block, plugins};
use crate::spans::{SpanExt, of_resources, resource, span};

/// Guarantees (the tests of the Collector's sharded processor): the pieces of a trace meet, whichever shard it falls to and with
/// whatever else they come; a request whose traces fall to several shards comes out whole.
#[test]
fn pieces_meet_in_their_shard() {
    for shards in [1, 3, 4, 256] {
        let mut simulation = Simulation::new(&format!(
            "num_shards: {shards}\npolicies:\n- {{name: whole, type: span_count, span_count: {{min_spans: 5}}}}\n"
        ));
        for _ in 0..5 {
            simulation.send((1..=100).map(|trace| span().of(trace)));
        }
        simulation.pass(30_000);
        assert_eq!(simulation.released_count(), 500, "{shards} shards");
    }
}

/// Guarantees: `num_traces` is one bound for all shards: 400 traces find room for 400, wherever they fall; for fewer shards than
/// traces allow, each has room for one.
#[test]
fn num_traces_is_one_bound() {
    let block = |shards: u32, traces: u32| {
        format!(
            "num_shards: {shards}\nnum_traces: {traces}\npolicies:\n- {{name: all, type: always_sample}}\n"
        )
    };
    let mut simulation = Simulation::new(&block(4, 400));
    simulation.send((1..=400).map(|trace| span().of(trace)));
    simulation.pass(1000);
    assert_eq!((simulation.held().traces, simulation.released_count()), (400, 0));
    let mut simulation = Simulation::new(&block(8, 2));
    simulation.send((1..=100).map(|trace| span().of(trace)));
    simulation.pass(1000);
    assert!(simulation.held().traces <= 8, "{}", simulation.held().traces);
    simulation.pass(30_000);
    let early =
        simulation.decisions().iter().filter(|decision| decision.trigger == Trigger::Eviction).count();
    assert_eq!((simulation.released_count(), simulation.held().traces), (100, 0));
    assert!(early >= 92);
}

/// Keeps what is passed on.
#[derive(Debug, Default)]
struct Sink(Mutex<Vec<Span>>);

impl Consumer for Sink {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        let request = ExportTraceServiceRequest::decode(&payload.request.body()[..]).expect("OTLP");
        self.0.lock().unwrap().extend(of_resources(request.resource_spans));
        std::future::ready(Ok(Accepted::all())).boxed()
    }
}

/// Guarantees (TestConcurrentTraceArrival, TestConsumptionDuringPolicyEvaluation, the Collector's test of eight producers): with
/// threads as they are, and decisions made while spans still come, every span comes out once, at its end at the latest.
#[tokio::test(flavor = "multi_thread")]
async fn producers_and_decisions_do_not_disturb_each_other() {
    for wait in ["0s", "30s"] {
        let yaml = format!(
            "decision_wait: {wait}\nnum_shards: 4\nmax_memory_mib: 512\npolicies:\n- {{name: all, type: always_sample}}\n"
        );
        let (block, sink) = (block(&yaml).unwrap(), Arc::new(Sink::default()));
        let metrics = SamplingMetrics::register(&mut Registry::default());
        let id = ComponentId::parse("tail_sampling").unwrap();
        let sampler = sluice_tail_sampling::start(&id, &block, plugins(), &metrics, sink.clone()).unwrap();
        let producers = (0..8).map(|producer| {
            let sampler = Arc::clone(&sampler);
            tokio::spawn(async move {
                for trace in 0..25 {
                    // Two producers have a part of each trace.
                    let trace = 1 + trace * 4 + producer % 4;
                    let spans = (0..4).map(|number| span().of(trace).named(&format!("{producer} {number}")));
                    let body = ExportTraceServiceRequest { resource_spans: vec![resource("shop", spans)] };
                    let request = Request::scan(Signal::Traces, body.encode_to_vec().into()).unwrap();
                    sampler.consume(Payload::bare(request)).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(trace % 10)).await;
                }
            })
        });
        for producer in producers.collect::<Vec<_>>() {
            producer.await.unwrap();
        }
        sampler.drain(Instant::now() + Duration::from_secs(60)).await;
        let mut counts = BTreeMap::new();
        for span in sink.0.lock().unwrap().iter() {
            *counts.entry((span.trace_id.clone(), span.name.clone())).or_insert(0) += 1;
        }
        assert_eq!((counts.len(), counts.values().sum::<i32>()), (800, 800), "{wait}");
    }
}
