//! The `otlp_grpc` exporter: names with several addresses, whose records change, and sockets of this machine.

use std::net::SocketAddr;

use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpStream, UnixListener};

fn exporting(endpoint: &str, more: &str) -> String {
    let block = format!(
        "endpoint: {endpoint}\ntls: {{insecure: true}}\n\
         retry_on_failure: {{initial_interval: 50ms, max_interval: 500ms}}\n{more}"
    );
    config::pipelines("otlp_grpc", &block, "")
}

/// A backend at 127.0.0.NUMBER with that port.
async fn backend_at(number: u8, port: u16) -> Backend {
    Backend::start_on(SocketAddr::from(([127, 0, 0, number], port)), accept_all()).await
}

async fn three_backends() -> (Knot, [Backend; 3], String) {
    let knot = Knot::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let backends = [first, backend_at(2, port).await, backend_at(3, port).await];
    let endpoint = format!("dns://{}/tier2.otel.test:{port}", knot.address());
    (knot, backends, endpoint)
}

async fn send(client: &Client) {
    client.send("traces", &traffic::traces(1, 1)).await.expect("accepted");
}

fn spans(backend: &Backend) -> usize {
    traffic::spans_of(&backend.traces()).values().sum()
}

async fn lost(gateway: &Gateway) -> f64 {
    Page::scrape(gateway.address("metrics")).await.sum("otelcol_exporter_send_failed_spans_total", &[])
}

/// All addresses of a name take turns. When a backend goes and its record changes, the name is looked up again, though
/// the others are well, so that the backend in its place has its turns too; nothing is lost on the way.
#[tokio::test(flavor = "multi_thread")]
async fn round_robin_follows_a_record_that_changes() {
    let (knot, [first, second, third], endpoint) = three_backends().await;
    knot.set("tier2", &["127.0.0.1", "127.0.0.2"]);
    let gateway = Gateway::start(&exporting(&endpoint, "sending_queue: {enabled: false}")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..20 {
        send(&client).await;
    }
    assert_eq!((spans(&first), spans(&second), spans(&third)), (10, 10, 0), "they take turns");

    knot.set("tier2", &["127.0.0.2", "127.0.0.3"]);
    for _ in 0..10 {
        send(&client).await;
    }
    assert_eq!(spans(&third), 0, "a record alone moves nothing, as long as connections last");
    let before = spans(&first) + spans(&second);
    assert_eq!(before, 30);
    let _ = first.kill();
    gateway.wait_for_log("backend addresses have changed").await;
    wait::until("the new backend to have its turns", || async {
        send(&client).await;
        spans(&third) >= 5
    })
    .await;
    assert_eq!(lost(&gateway).await, 0.0);
}

/// A name that has no address yet holds up the data, and loses none of it; with an address all of it is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_may_come_later() {
    let (knot, [first, ..], endpoint) = three_backends().await;
    let gateway = Gateway::start(&exporting(&endpoint, "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..5 {
        send(&client).await;
    }
    gateway.wait_for_log("does not resolve").await;
    knot.set("tier2", &["127.0.0.1"]);
    wait::until("what waited to arrive", || async { spans(&first) == 5 }).await;
    assert_eq!(lost(&gateway).await, 0.0);
}

/// An address that nobody listens on costs no request: the next one takes it at once, without a retry.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_address_is_passed_over() {
    let (knot, [first, second, third], endpoint) = three_backends().await;
    knot.set("tier2", &["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    let _ = second.kill();
    let more = "sending_queue: {enabled: false}\nretry_on_failure: {enabled: false}";
    let yaml = exporting(&endpoint, more).replacen(
        "    retry_on_failure: {initial_interval: 50ms, max_interval: 500ms}\n",
        "",
        1,
    );
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..30 {
        send(&client).await;
    }
    assert_eq!(spans(&first) + spans(&third), 30);
    assert!(spans(&first) > 5 && spans(&third) > 5);
}

/// `pick_first` keeps to one address, and looks the name up when it loses it.
#[tokio::test(flavor = "multi_thread")]
async fn pick_first_keeps_to_one() {
    let (knot, [first, second, third], endpoint) = three_backends().await;
    knot.set("tier2", &["127.0.0.1"]);
    let gateway = Gateway::start(&exporting(&endpoint, "balancer_name: pick_first")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    send(&client).await;
    wait::until("the first span", || async { spans(&first) == 1 }).await;
    knot.set("tier2", &["127.0.0.2", "127.0.0.3"]);
    for _ in 0..10 {
        send(&client).await;
    }
    wait::until("all of it at the same one", || async { spans(&first) == 11 }).await;
    let _ = first.kill();
    for _ in 0..10 {
        send(&client).await;
    }
    wait::until("the rest at one of the new ones", || async {
        let arrived = [spans(&second), spans(&third)];
        arrived == [10, 0] || arrived == [0, 10]
    })
    .await;
    assert_eq!(lost(&gateway).await, 0.0);
}

/// What a `unix:` endpoint names is a socket, in each way of writing it.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_of_this_machine_is_reached() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("otlp.sock");
    let backend = Backend::start().await;
    let (listener, to) = (UnixListener::bind(&path).expect("a socket"), backend.address());
    let bridge = tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut far = TcpStream::connect(to).await.expect("a backend");
                // Either side may go first.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    for (number, scheme) in ["unix:", "unix://"].into_iter().enumerate() {
        let gateway = Gateway::start(&exporting(&format!("'{scheme}{}'", path.display()), "")).await;
        send(&Client::connect(gateway.address("receiver")).await).await;
        wait::until("a span by the socket", || async { spans(&backend) == number + 1 }).await;
    }
    bridge.abort();
}

/// `passthrough:///` and a plain name lead to the same backend.
#[tokio::test(flavor = "multi_thread")]
async fn names_of_this_machine_are_reached() {
    let backend = Backend::start().await;
    let port = backend.address().port();
    for (number, endpoint) in [
        format!("passthrough:///localhost:{port}"),
        format!("http://localhost:{port}"),
        format!("dns:///localhost:{port}"),
    ]
    .into_iter()
    .enumerate()
    {
        let gateway = Gateway::start(&exporting(&endpoint, "")).await;
        send(&Client::connect(gateway.address("receiver")).await).await;
        wait::until("a span", || async { spans(&backend) == number + 1 }).await;
    }
}
