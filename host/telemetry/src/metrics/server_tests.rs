use std::net::SocketAddr;
use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{MetricsServer, Names};
use crate::testing::{PATIENCE, get, send};

fn start(registry: Registry) -> (SocketAddr, CancellationToken, JoinHandle<std::io::Result<()>>) {
    start_with(registry, Names::default())
}

fn start_with(
    registry: Registry,
    names: Names,
) -> (SocketAddr, CancellationToken, JoinHandle<std::io::Result<()>>) {
    let server = MetricsServer::bind("127.0.0.1:0").expect("a free port");
    let (address, shutdown) = (server.local_addr(), CancellationToken::new());
    let task = tokio::spawn(server.serve(Arc::new(registry), names, shutdown.clone()));
    (address, shutdown, task)
}

/// A scrape gets the registry in OpenMetrics, under the content type that Prometheus needs to parse it.
#[tokio::test]
async fn a_scrape_gets_openmetrics() {
    let mut registry = Registry::default();
    let counter: Counter = Counter::default();
    counter.inc_by(3);
    registry.register("sluice_things", "Things that were seen", counter);
    let (address, _, _) = start(registry);
    let answer = get(address, "/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(answer.body.contains("sluice_things_total 3\n"), "{}", answer.body);
    assert!(answer.body.ends_with("# EOF\n"));
}

/// Names without suffixes come in Prometheus' own format, since OpenMetrics asks for `_total`.
#[tokio::test]
async fn short_names_come_as_text() {
    let mut registry = Registry::default();
    registry.register("sluice_things", "Things that were seen", Counter::<u64>::default());
    let names = Names { without_type_suffix: true, without_units: true };
    let (address, _, _) = start_with(registry, names);
    let answer = get(address, "/metrics").await;
    assert!(
        answer.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"),
        "{}",
        answer.head
    );
    assert!(answer.body.contains("# TYPE sluice_things counter\nsluice_things 0\n"), "{}", answer.body);
    assert!(!answer.body.contains("EOF"), "{}", answer.body);
}

/// Only `/metrics` is there, only to be read.
#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let (address, _, _) = start(Registry::default());
    assert_eq!(get(address, "/").await.status, 404);
    let posted = send(address, "POST /metrics HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(posted.status, 405);
}

/// A head that does not end costs a bounded amount of memory and is answered.
#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let (address, _, _) = start(Registry::default());
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(15 * 1024 + 1000));
    assert_eq!(send(address, &request).await.status, 431);
}

/// The server ends when it is told to, even while a client holds a connection without a request.
#[tokio::test]
async fn shutdown_ends_it() {
    let (address, shutdown, task) = start(Registry::default());
    let _silent = TcpStream::connect(address).await.expect("connected");
    get(address, "/metrics").await;
    shutdown.cancel();
    timeout(PATIENCE, task).await.expect("in time").expect("no panic").expect("no error");
}
