//! What a client sends arrives once, byte for byte, at the backend that the ring names.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use prost::Message;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::{config, traffic, wait};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;

async fn three_backends() -> [Backend; 3] {
    [Backend::start().await, Backend::start().await, Backend::start().await]
}

fn addresses(backends: &[Backend]) -> Vec<SocketAddr> {
    backends.iter().map(Backend::address).collect()
}

/// Traces: every span arrives once with its own resource, scope and schema URLs, and no trace is split.
#[tokio::test(flavor = "multi_thread")]
async fn spans_arrive_once_and_no_trace_is_split() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent: Vec<_> = (0..20).map(|_| traffic::traces(25, 8)).collect();
    for request in &sent {
        let answer = client.send("traces", request).await.expect("an accepted request");
        assert!(answer.is_empty(), "full success leaves partial_success unset");
    }
    let expected = traffic::spans_of(&sent);
    wait::until("every span to arrive", || async {
        backends.iter().map(|backend| traffic::spans_of(&backend.traces()).len()).sum::<usize>()
            >= expected.len()
    })
    .await;

    let arrived: Vec<_> = backends.iter().flat_map(Backend::traces).collect();
    assert!(traffic::spans_of(&arrived) == expected, "each span once, byte for byte, under its own headers");
    let mut seen = BTreeSet::new();
    for backend in &backends {
        let ids = traffic::trace_ids_of(&backend.traces());
        assert!(!ids.is_empty(), "with 500 traces every backend gets some");
        for id in ids {
            assert!(seen.insert(id), "a trace is at two backends");
        }
    }
}

/// A field that OTLP does not have yet, in a span, is at the backend as it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn fields_of_the_future_arrive() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let spans: Vec<Vec<u8>> = (0..50)
        .map(|number| {
            let span = traffic::span(&traffic::trace_id(), &format!("span {number}")).encode_to_vec();
            [span, field(1000, format!("of the future {number}").as_bytes())].concat()
        })
        .collect();
    let scope: Vec<u8> = spans.iter().flat_map(|span| field(2, span)).collect();
    let request = field(1, &[field(2, &scope), field(1001, b"of a resource")].concat());

    client.send_bytes("traces", request.into(), MetadataMap::new()).await.expect("an accepted request");

    let bodies = || backends.iter().flat_map(Backend::recordings).map(|recording| recording.body);
    let holds = |part: &[u8]| bodies().any(|body| body.windows(part.len()).any(|window| window == part));
    wait::until("every span to arrive", || async { spans.iter().all(|span| holds(span)) }).await;
    assert!(
        bodies().all(|body| body.windows(13).any(|window| window == b"of a resource")),
        "with every header"
    );
}

/// A length-delimited field.
fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(number << 3 | 2, &mut bytes);
    prost::encoding::encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// Logs go by service and metrics by service unless told otherwise: a service is at one backend, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn logs_and_metrics_go_by_service() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let (logs, metrics) = (traffic::logs(30, 5), traffic::metrics(30, 5));
    client.send("logs", &logs).await.expect("accepted logs");
    client.send("metrics", &metrics).await.expect("accepted metrics");

    let (logs, metrics) = (traffic::records_of(&[logs]), traffic::points_of(&[metrics]));
    let all_logs = || backends.iter().flat_map(Backend::logs).collect::<Vec<_>>();
    let all_metrics = || backends.iter().flat_map(Backend::metrics).collect::<Vec<_>>();
    wait::until("records and points to arrive", || async {
        traffic::records_of(&all_logs()).len() >= logs.len()
            && traffic::points_of(&all_metrics()).len() >= metrics.len()
    })
    .await;
    assert!(traffic::records_of(&all_logs()) == logs);
    assert!(traffic::points_of(&all_metrics()) == metrics);
    let mut services = BTreeSet::new();
    for backend in &backends {
        for resource in backend.logs().iter().flat_map(|request| &request.resource_logs) {
            assert!(
                services.insert(format!("{:?}", resource.resource)),
                "a service's logs are at two backends"
            );
        }
    }
}

/// streamID spreads the data points of one metric: each part keeps the metric's own header.
#[tokio::test(flavor = "multi_thread")]
async fn data_points_of_a_metric_go_by_stream() {
    let backends = three_backends().await;
    let block = "routing_key: streamID";
    let yaml = config::load_balancing(&addresses(&backends), block)
        .replace("    traces: {receivers: [otlp], exporters: [load_balancing]}\n", "")
        .replace("    logs: {receivers: [otlp], exporters: [load_balancing]}\n", "");
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let metrics = traffic::metrics(1, 200);
    client.send("metrics", &metrics).await.expect("accepted metrics");
    let expected = traffic::points_of(&[metrics]);
    let arrived = || backends.iter().flat_map(Backend::metrics).collect::<Vec<_>>();
    wait::until("every point to arrive", || async { traffic::points_of(&arrived()).len() >= expected.len() })
        .await;
    assert!(traffic::points_of(&arrived()) == expected);
    assert!(
        backends.iter().all(|backend| !backend.metrics().is_empty()),
        "200 series are spread over all three"
    );
}

/// Requests come in and go out in each of the Collector's compressions.
#[tokio::test(flavor = "multi_thread")]
async fn compressed_requests_come_in_and_go_out() {
    for (name, encoding) in [("gzip", CompressionEncoding::Gzip), ("zstd", CompressionEncoding::Zstd)] {
        let backends = three_backends().await;
        let yaml = config::load_balancing(&addresses(&backends), "")
            .replace("        timeout: 5s", &format!("        timeout: 5s\n        compression: {name}"));
        let gateway = Gateway::start(&yaml).await;
        let client = Client::connect(gateway.address("receiver")).await.compressed(encoding);
        let sent = traffic::traces(50, 4);
        client.send("traces", &sent).await.expect("an accepted request");
        let expected = traffic::spans_of(&[sent]);
        let arrived = || backends.iter().flat_map(Backend::traces).collect::<Vec<_>>();
        wait::until("every span to arrive", || async {
            traffic::spans_of(&arrived()).len() >= expected.len()
        })
        .await;
        assert!(traffic::spans_of(&arrived()) == expected);
        let encodings: BTreeSet<_> =
            backends.iter().flat_map(Backend::recordings).map(|recording| recording.encoding).collect();
        assert_eq!(encodings, BTreeSet::from([Some(name.to_owned())]));
    }
}

/// A request of more than a backend's usual limit is cut: nothing larger than 4 MiB leaves, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn large_requests_are_cut() {
    let backend = [Backend::start().await];
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backend), "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(2000, 10);
    client.send("traces", &sent).await.expect("an accepted request");
    let expected = traffic::spans_of(&[sent]);
    wait::until("every span to arrive", || async {
        traffic::spans_of(&backend[0].traces()).len() >= expected.len()
    })
    .await;
    assert!(traffic::spans_of(&backend[0].traces()) == expected);
    let largest = backend[0].recordings().iter().map(|recording| recording.body.len()).max();
    assert!(largest <= Some(4 * 1024 * 1024), "{largest:?} bytes");
}

/// A request without items is fine, and nothing is sent.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_request_is_accepted() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(0, 0)).await.expect("an accepted request");
    client.send("traces", &traffic::traces(1, 4)).await.expect("an accepted request");
    wait::until("the spans to arrive", || async {
        backends.iter().any(|backend| !backend.recordings().is_empty())
    })
    .await;
    assert_eq!(backends.iter().map(|backend| backend.recordings().len()).sum::<usize>(), 1);
}
