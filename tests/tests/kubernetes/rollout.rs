use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use serde_json::{Value, json};
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::{Cluster, ready};
use sluice_tests::{traffic, wait};

use crate::pod;

/// A pod's grace period, in requests of traffic.
const GRACE: usize = 15;

/// A rolling update of three pods, with each choice of `terminating`: every span arrives, and the traces that are
/// split are counted and printed. A trace has two requests, some others between; it is split where the ring moved then.
pub(crate) async fn a_rollout_splits_traces_only_as_the_ring_moves(cluster: &mut Cluster) {
    for (namespace, terminating) in [("rollout-drop", "drop"), ("rollout-keep", "keep-while-serving")] {
        pod::namespace(cluster, namespace).await;
        let mut backends = BTreeMap::new();
        for host in 21..27_u8 {
            let address = SocketAddr::from(([198, 18, 0, host], 4317));
            backends.insert(host, Backend::start_on(address, accept_all()).await);
        }
        let mut pods = vec![21, 22, 23];
        set(cluster, namespace, &pods, None).await;
        let gateway = Gateway::start(&pod::yaml(&format!("    terminating: {terminating}"))).await;
        wait::until("three backends", || async { pod::backends(&gateway).len() == 3 }).await;
        let client = Client::connect(gateway.address("receiver")).await;
        let first = pod::first_trace(&client).await;
        let mut sender = Sender::new(client);
        sender.sent.push(first);

        for (leaving, coming) in [(21, 24), (22, 25), (23, 26)] {
            pods.push(coming);
            set(cluster, namespace, &pods, None).await;
            sender.send(GRACE).await;
            // Its grace period begins: it still serves.
            pods.retain(|pod| *pod != leaving);
            set(cluster, namespace, &pods, Some(leaving)).await;
            sender.send(GRACE).await;
            set(cluster, namespace, &pods, None).await;
            sender.send(GRACE).await;
        }
        sender.finish().await;

        let arrived = || traffic::spans_of(&backends.values().flat_map(Backend::traces).collect::<Vec<_>>());
        let expected = traffic::spans_of(&sender.sent);
        wait::until("every span to arrive", || async { arrived().len() >= expected.len() }).await;
        assert!(arrived() == expected, "each span once");
        let split = split(&backends);
        println!("    terminating: {terminating}: {split} of {} traces are split", sender.traces);
        assert!(split < sender.traces / 2, "most traces lie between two moves of the ring");
    }
}

/// The slice of now, with one pod on its way out.
async fn set(cluster: &Cluster, namespace: &str, pods: &[u8], leaving: Option<u8>) {
    let mut endpoints: Vec<Value> = pods.iter().map(|pod| ready(&format!("198.18.0.{pod}"))).collect();
    endpoints.extend(leaving.map(|pod| {
        let conditions = json!({"ready": false, "serving": true, "terminating": true});
        json!({"addresses": [format!("198.18.0.{pod}")], "conditions": conditions})
    }));
    cluster.slice(namespace, "tier2", "a", &endpoints).await;
}

/// Sends the second half of each trace some requests after the first.
struct Sender {
    client: Client,
    sent: Vec<ExportTraceServiceRequest>,
    open: std::collections::VecDeque<Vec<Vec<u8>>>,
    traces: usize,
}

impl Sender {
    /// How many requests lie between the halves of a trace.
    const BETWEEN: usize = 3;
    /// Traces of a request.
    const TRACES: usize = 20;

    fn new(client: Client) -> Self {
        Self { client, sent: Vec::new(), open: std::collections::VecDeque::new(), traces: 0 }
    }

    async fn send(&mut self, requests: usize) {
        for _ in 0..requests {
            let ids: Vec<Vec<u8>> = (0..Self::TRACES).map(|_| traffic::trace_id()).collect();
            self.traces += ids.len();
            self.request(&ids, "first").await;
            self.open.push_back(ids);
            if self.open.len() > Self::BETWEEN {
                self.close().await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close().await;
        }
    }

    async fn close(&mut self) {
        if let Some(ids) = self.open.pop_front() {
            self.request(&ids, "second").await;
        }
    }

    async fn request(&mut self, ids: &[Vec<u8>], name: &str) {
        let mut request = traffic::traces(0, 0);
        request.resource_spans.truncate(1);
        request.resource_spans[0].scope_spans.truncate(1);
        request.resource_spans[0].scope_spans[0].spans =
            ids.iter().map(|id| traffic::span(id, name)).collect();
        self.client.send("traces", &request).await.expect("accepted");
        self.sent.push(request);
    }
}

/// How many traces are at more than one backend.
fn split(backends: &BTreeMap<u8, Backend>) -> usize {
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for backend in backends.values() {
        for id in traffic::trace_ids_of(&backend.traces()) {
            *places.entry(id).or_default() += 1;
        }
    }
    places.values().filter(|places| **places > 1).count()
}
