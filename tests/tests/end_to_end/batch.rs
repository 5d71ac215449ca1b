//! `batch`: whose requests share one, and what `ack: early` gives and costs.

use std::net::SocketAddr;

use bytes::Bytes;
use prost::Message;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{traffic, wait};
use tonic::metadata::{MetadataMap, MetadataValue};

/// A gateway with this block of `batch` before one backend, without a queue or retries of its own.
fn batching(batch: &str, backend: SocketAddr) -> String {
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\n\
         processors:\n  batch: {batch}\n\
         exporters: {{otlp_grpc: {{endpoint: '{backend}', tls: {{insecure: true}}, sending_queue: {{enabled: false}}, \
         retry_on_failure: {{enabled: false}}}}}}\n\
         service:\n  telemetry: {{metrics: {{address: '127.0.0.1:0', metric_names: collector}}}}\n  pipelines:\n    \
         traces: {{receivers: [otlp], processors: [batch], exporters: [otlp_grpc]}}\n"
    )
}

/// Sends four spans of a tenant; the answer is empty when all of them were accepted.
async fn send(client: Client, tenant: &'static str) -> Bytes {
    let mut headers = MetadataMap::new();
    headers.insert("x-tenant", MetadataValue::from_static(tenant));
    let body = traffic::traces(1, 4).encode_to_vec();
    client.send_bytes("traces", body.into(), headers).await.expect("an answer")
}

/// Requests of one tenant share a batch, those of two do not; one too many is rejected for good, and told so.
#[tokio::test(flavor = "multi_thread")]
async fn tenants_have_batches_of_their_own() {
    let backend = Backend::start().await;
    let keys = "{timeout: 500ms, metadata_keys: [X-Tenant], metadata_cardinality_limit: 2}";
    let gateway = Gateway::start(&batching(keys, backend.address())).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = ["a", "b", "a", "b", "a", "b"].map(|tenant| tokio::spawn(send(client.clone(), tenant)));
    let mut answers = 0_usize;
    for answer in sent {
        assert!(answer.await.expect("an answer").is_empty(), "all of it was accepted");
        answers += 1;
    }
    let requests = backend.traces();
    assert!(requests.len() >= 2, "two tenants, two batches");
    assert_eq!(
        traffic::spans_of(&requests).len(),
        answers * traffic::spans_of(&[traffic::traces(1, 4)]).len()
    );

    let answer = send(client, "c").await;
    assert!(String::from_utf8_lossy(&answer).contains("metadata_cardinality_limit"), "{answer:?}");
    let page = Page::scrape(gateway.address("metrics")).await;
    let lost = page.sum("sluice_processor_batch_lost_items", &["reason=\"too_many_senders\""]);
    assert!(lost > 0.0, "{}", page.0);
    assert_eq!(page.sum("otelcol_processor_batch_metadata_cardinality", &["processor=\"batch\""]), 2.0);
}

/// With `ack: early` the sender is answered while the batch still waits; told to end, the gateway hands it on.
#[tokio::test(flavor = "multi_thread")]
async fn early_answers_come_before_the_batch_goes() {
    let backend = Backend::start().await;
    let mut gateway = Gateway::start(&batching("{timeout: 1h, ack: early}", backend.address())).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(3, 2);
    client.send("traces", &sent).await.expect("an answer");
    assert!(backend.recordings().is_empty(), "the batch waits for an hour");
    drop(client);
    gateway.terminate();
    assert!(gateway.wait().await.success(), "{:#?}", gateway.log());
    assert!(traffic::spans_of(&backend.traces()) == traffic::spans_of(&[sent]), "each span once");
}

/// What fails behind `ack: early` is lost: counted to the item, and told in the log.
#[tokio::test(flavor = "multi_thread")]
async fn what_early_loses_is_counted() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&batching("{timeout: 10ms, ack: early}", backend.address())).await;
    let client = Client::connect(gateway.address("receiver")).await;
    drop(backend);
    let sent = traffic::traces(3, 2);
    client.send("traces", &sent).await.expect("an answer, though nobody takes it");
    let (metrics, items) = (gateway.address("metrics"), traffic::spans_of(&[sent]).len() as f64);
    wait::until("the loss to be counted", || async {
        let page = Page::scrape(metrics).await;
        page.sum("sluice_processor_batch_lost_items", &["processor=\"batch\"", "signal=\"traces\""]) == items
    })
    .await;
    gateway.wait_for_log("Dropping data").await;
}
