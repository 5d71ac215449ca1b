//! What is not OTLP is refused with words that say where, and harms nobody else.

use bytes::Bytes;
use prost::Message;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tonic::Code;
use tonic::metadata::MetadataMap;

/// Each broken body is answered INVALID_ARGUMENT, and good data on the same connection still arrives.
#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_are_refused_and_good_ones_go_on() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let good = traffic::traces(5, 4);
    let bytes = good.encode_to_vec();
    let mut short_id = good.clone();
    short_id.resource_spans[0].scope_spans[0].spans[0].trace_id.truncate(15);

    let cases: [(&str, Bytes); 5] = [
        ("noise", Bytes::from_static(b"\xff\xff\xff\xff")),
        ("cut off", Bytes::from(bytes[..bytes.len() - 3].to_vec())),
        ("wrong wire type", Bytes::from_static(b"\x08\x01")),
        ("text", Bytes::from_static(b"{\"resourceSpans\":[]}")),
        ("trace id of 15 bytes", short_id.encode_to_vec().into()),
    ];
    for (what, body) in cases {
        let status = client.send_bytes("traces", body, MetadataMap::new()).await.expect_err(what);
        assert_eq!(status.code(), Code::InvalidArgument, "{what}: {status:?}");
        assert!(!status.message().is_empty(), "{what}");
        client.send("traces", &good).await.expect("good data is not held up");
    }
    let status = client.send("traces", &short_id).await.expect_err("a short id");
    assert!(status.message().contains("resource_spans[0].scope_spans[0].spans[0].trace_id"), "{status:?}");

    wait::until("the good data", || async { !backend.recordings().is_empty() }).await;
    let page = Page::scrape(gateway.address("metrics")).await;
    assert_eq!(
        page.sum("sluice_receiver_rejected_requests_total", &["reason=\"malformed\""]),
        6.0,
        "{}",
        page.0
    );
    assert_eq!(page.sum("otelcol_receiver_accepted_spans_total", &[]), 100.0);
}

/// Metrics without service.name are rejected by the `service` key with their exact count, which is counted, and logged
/// when it begins, not for each request; the rest is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_without_a_service_are_rejected_by_count() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let mut metrics = traffic::metrics(3, 7);
    metrics.resource_metrics[1].resource = None;
    let answer = client.send("metrics", &metrics).await.expect("partial success is a success");
    let answer =
        opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse::decode(answer)
            .expect("a response");
    let partial = answer.partial_success.expect("partial_success");
    assert_eq!(partial.rejected_data_points, 7);
    assert!(partial.error_message.contains("service"), "{partial:?}");
    wait::until("the other 14 points", || async { traffic::points_of(&backend.metrics()).len() == 14 }).await;

    for _ in 0..5 {
        client.send("metrics", &metrics).await.expect("partial success is a success");
    }
    let page = Page::scrape(gateway.address("metrics")).await;
    let labels = ["plugin=\"service\"", "reason=\"no_key\""];
    assert_eq!(page.sum("sluice_plugin_rejected_items_total", &labels), 42.0, "{}", page.0);
    assert_eq!(page.sum("otelcol_receiver_refused_metric_points_total", &[]), 42.0, "{}", page.0);
    assert_eq!(page.sum("otelcol_exporter_send_failed_metric_points_total", &[]), 0.0, "{}", page.0);
    let lines = gateway.log();
    let told = lines.iter().filter(|line| line.contains("rejecting items for which the plugin has no key"));
    assert_eq!(told.count(), 1, "{lines:#?}");
}
