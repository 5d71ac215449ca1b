//! Backends that die, refuse or hang: nothing is lost, and the others go on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tonic::Status;

const QUICK_RETRY: &str =
    "        retry_on_failure:\n          initial_interval: 50ms\n          max_interval: 200ms\n";

fn with_quick_retry(yaml: &str) -> String {
    yaml.replace("        timeout: 5s\n", &format!("        timeout: 5s\n{QUICK_RETRY}"))
}

/// A backend is killed and comes back: what the gateway accepted for it in between is delivered, the other
/// backend's share is there at once, and the counters add up.
#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_backend_gets_what_waited_for_it() {
    let healthy = Backend::start().await;
    let dying = Backend::start().await;
    let yaml = with_quick_retry(&config::load_balancing(&[healthy.address(), dying.address()], ""));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let address = dying.kill();

    let sent: Vec<_> = (0..10).map(|_| traffic::traces(20, 4)).collect();
    for request in &sent {
        client.send("traces", request).await.expect("accepted: the queue takes it");
    }
    let expected = traffic::spans_of(&sent);
    wait::until("the healthy backend's share to arrive", || async { !healthy.recordings().is_empty() }).await;

    let back = Backend::start_on(address, accept_all()).await;
    let arrived = || [healthy.traces(), back.traces()].concat();
    wait::until("everything to arrive", || async { traffic::spans_of(&arrived()).len() >= expected.len() })
        .await;
    assert!(traffic::spans_of(&arrived()) == expected, "each span once, though one backend was away");
    let metrics = gateway.address("metrics");
    wait::until("the counters to add up", || async {
        let page = Page::scrape(metrics).await;
        page.sum("otelcol_exporter_sent_spans_total", &[]) as usize == expected.len()
    })
    .await;
    let page = Page::scrape(metrics).await;
    assert_eq!(page.sum("otelcol_exporter_send_failed_spans_total", &[]), 0.0);
    assert_eq!(page.sum("otelcol_receiver_accepted_spans_total", &[]) as usize, expected.len());
}

/// Without queues a dead backend's share is refused in a way that the client can retry, and when the backend is
/// back the retry succeeds.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_queue_the_client_is_told_to_retry() {
    let dying = Backend::start().await;
    let block = "        timeout: 5s\n        sending_queue:\n          enabled: false\n        retry_on_failure:\n          enabled: false\n";
    let yaml = config::load_balancing(&[dying.address()], "").replace("        timeout: 5s\n", block);
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let address = dying.kill();

    let sent = traffic::traces(5, 4);
    let status = client.send("traces", &sent).await.expect_err("nobody is there");
    assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}");
    let page = Page::scrape(gateway.address("metrics")).await;
    assert_eq!(page.sum("otelcol_receiver_refused_spans_total", &[]), 20.0);
    assert_eq!(page.sum("otelcol_receiver_accepted_spans_total", &[]), 0.0);

    let back = Backend::start_on(address, accept_all()).await;
    wait::until("the retry to succeed", || async { client.send("traces", &sent).await.is_ok() }).await;
    assert!(traffic::spans_of(&back.traces()) == traffic::spans_of(&[sent]));
}

/// A backend that refuses for good costs its own items: they are counted as failed, and the rest is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_backend_rejects_is_counted() {
    let healthy = Backend::start().await;
    let refusing = Backend::start_on(
        SocketAddr::from(([127, 0, 0, 1], 0)),
        Arc::new(|_| Err(Status::invalid_argument("not like this"))),
    )
    .await;
    let gateway = Gateway::start(&config::load_balancing(&[healthy.address(), refusing.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(100, 4);
    client.send("traces", &sent).await.expect("accepted: the queue takes it");
    let total = traffic::spans_of(&[sent]).len();
    let metrics = gateway.address("metrics");
    wait::until("every item to be accounted for", || async {
        let page = Page::scrape(metrics).await;
        let sent = page.sum("otelcol_exporter_sent_spans_total", &[]);
        let failed = page.sum("otelcol_exporter_send_failed_spans_total", &[]);
        failed > 0.0 && (sent + failed) as usize == total
    })
    .await;
    let page = Page::scrape(metrics).await;
    let label = format!("exporter=\"load_balancing/{}\"", refusing.address());
    let failed = page.sum("otelcol_exporter_send_failed_spans_total", &[&label]) as usize;
    assert_eq!(failed + traffic::spans_of(&healthy.traces()).len(), total);
    gateway.wait_for_log("Dropping data").await;
}

/// A backend that hangs does not hold the others up: their share arrives while it still hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_backend_holds_nobody_up() {
    let healthy = Backend::start().await;
    // Accepts connections and never answers.
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = hanging.local_addr().expect("a bound address");
    let gateway = Gateway::start(&config::load_balancing(&[healthy.address(), address], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..20 {
        client.send("traces", &traffic::traces(10, 4)).await.expect("accepted");
    }
    // Of 200 traces about half are its own; a quarter is far below what the ring could ever give it.
    let arrived = || traffic::spans_of(&healthy.traces()).len();
    wait::until("the healthy backend's share to arrive", || async { arrived() > 200 }).await;
    drop(hanging);
}

/// "Larger than max" from a backend halves the request until it fits.
#[tokio::test(flavor = "multi_thread")]
async fn a_backend_with_a_smaller_limit_gets_smaller_requests() {
    let backend = Backend::start_with_limit(64 * 1024).await;
    let gateway = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(200, 10);
    client.send("traces", &sent).await.expect("accepted");
    let expected = traffic::spans_of(&[sent]);
    wait::until("everything to arrive", || async {
        traffic::spans_of(&backend.traces()).len() >= expected.len()
    })
    .await;
    assert!(traffic::spans_of(&backend.traces()) == expected);
}

/// SIGTERM: what was accepted is delivered before the process ends with status 0, and `/ready` says 503 meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_gateway_drains() {
    let open = Arc::new(AtomicBool::new(false));
    let gate = open.clone();
    let backend = Backend::start_on(
        SocketAddr::from(([127, 0, 0, 1], 0)),
        Arc::new(move |_| {
            if gate.load(Ordering::Relaxed) { Ok(Bytes::new()) } else { Err(Status::unavailable("not yet")) }
        }),
    )
    .await;
    let yaml = with_quick_retry(&config::load_balancing(&[backend.address()], ""));
    let mut gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent: Vec<_> = (0..5).map(|_| traffic::traces(10, 4)).collect();
    for request in &sent {
        client.send("traces", request).await.expect("accepted");
    }
    gateway.terminate();
    let health = gateway.address("health");
    wait::until("readiness to end", || async { sluice_tests::metrics::get(health, "/ready").await.0 == 503 })
        .await;
    open.store(true, Ordering::Relaxed);
    let status = gateway.wait().await;
    assert!(status.success(), "{status} {:#?}", gateway.log());
    assert!(traffic::spans_of(&backend.traces()) == traffic::spans_of(&sent));
}
