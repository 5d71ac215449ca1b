//! Pipelines that `forward` joins, and the receiver by which nothing comes in.

use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::traffic;
use tonic::Code;

fn joined(first: &Backend, second: &Backend) -> String {
    let exporter = |backend: &Backend| {
        // Without a queue the sender is answered when the backends have answered.
        format!(
            "{{endpoint: '{}', tls: {{insecure: true}}, sending_queue: {{enabled: false}}, retry_on_failure: \
                 {{enabled: false}}}}",
            backend.address()
        )
    };
    format!(
        "receivers: {{nop: , otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\n\
         processors: {{batch: {{timeout: 100ms}}}}\n\
         exporters: {{otlp_grpc/first: {first}, otlp_grpc/second: {second}}}\n\
         connectors: {{forward: }}\n\
         service:\n  telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    \
         traces/in: {{receivers: [otlp], exporters: [forward]}}\n    \
         traces/first: {{receivers: [forward], processors: [batch], exporters: [otlp_grpc/first]}}\n    \
         traces/second: {{receivers: [nop, forward], exporters: [otlp_grpc/second]}}\n    \
         logs: {{receivers: [nop], exporters: [otlp_grpc/second]}}\n",
        first = exporter(first),
        second = exporter(second),
    )
}

/// What `forward` is given reaches every pipeline behind it, once, before the sender is answered.
#[tokio::test(flavor = "multi_thread")]
async fn forward_hands_on_to_every_pipeline_behind_it() {
    let (first, second) = (Backend::start().await, Backend::start().await);
    let gateway = Gateway::start(&joined(&first, &second)).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(5, 4);
    client.send("traces", &sent).await.expect("an accepted request");
    let expected = traffic::spans_of(std::slice::from_ref(&sent));
    for backend in [&first, &second] {
        assert!(traffic::spans_of(&backend.traces()) == expected, "each span once");
    }
}

/// A refusal behind `forward` is the sender's answer: nothing between has taken the data.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_behind_forward_reaches_the_sender() {
    let (first, second) = (Backend::start().await, Backend::start().await);
    let gateway = Gateway::start(&joined(&first, &second)).await;
    let client = Client::connect(gateway.address("receiver")).await;
    drop(second);
    let refusal = client.send("traces", &traffic::traces(1, 1)).await.expect_err("a refused request");
    assert_eq!(refusal.code(), Code::Unavailable, "{refusal:?}");
}
