//! The `otlp_http` exporter: to another gateway, to servers that refuse, and through a proxy.

use std::net::SocketAddr;
use std::time::Instant;

use prost::Message;
use serde_json::json;
use sluice_tests::backend::Backend;
use sluice_tests::certificates::{Authority, write};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::http::{HttpClient, PROTOBUF};
use sluice_tests::http_server::{HttpServer, answer};
use sluice_tests::metrics::Page;
use sluice_tests::proxy::Proxy;
use sluice_tests::tls::{self, Tunnel};
use sluice_tests::{config, traffic, wait};
use tempfile::TempDir;

const QUICK_RETRY: &str = "retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}";

const COMPRESSIONS: [&str; 7] = ["none", "gzip", "zstd", "snappy", "x-snappy-framed", "zlib", "deflate"];

/// A gateway in front of `backend` that takes every compression.
async fn receiving(backend: &Backend) -> Gateway {
    let taken =
        format!("      http:\n        compression_algorithms: ['', {}]\n", COMPRESSIONS[1..].join(", "));
    let yaml = config::load_balancing(&[backend.address()], "");
    Gateway::start(&yaml.replace("      http:\n", &taken)).await
}

fn exporting(block: &str) -> String {
    config::pipelines("otlp_http", block, "")
}

async fn lost(gateway: &Gateway, reason: &str) -> usize {
    let page = Page::scrape(gateway.address("metrics")).await;
    let reason = format!("reason=\"{reason}\"");
    let names = ["spans", "log_records", "metric_points"];
    let names = names.map(|items| format!("otelcol_exporter_send_failed_{items}_total"));
    names.iter().map(|name| page.sum(name, &[&reason]) as usize).sum()
}

async fn sent_spans(gateway: &Gateway) -> usize {
    let page = Page::scrape(gateway.address("metrics")).await;
    page.sum("otelcol_exporter_sent_spans_total", &[]) as usize
}

/// From gateway to gateway, in protobuf and in JSON and in every compression, the data of all signals is the same.
#[tokio::test(flavor = "multi_thread")]
async fn every_form_reaches_the_next_gateway() {
    let backend = Backend::start().await;
    let next = receiving(&backend).await;
    let mut yaml = exporting(&format!("endpoint: http://{}\n", next.address("http")));
    let mut ids = vec!["otlp_http".to_owned()];
    for (number, compression) in COMPRESSIONS.iter().enumerate() {
        let id = format!("otlp_http/{number}");
        let encoding = if number % 2 == 0 { "json" } else { "proto" };
        let block = format!(
            "exporters:\n  {id}: {{endpoint: 'http://{}/', encoding: {encoding}, compression: {compression}}}\n",
            next.address("http")
        );
        yaml = yaml.replacen("exporters:\n", &block, 1);
        ids.push(id);
    }
    let yaml = yaml.replace("exporters: [otlp_http]", &format!("exporters: [{}]", ids.join(", ")));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let (traces, logs, metrics) = (traffic::traces(10, 5), traffic::logs(4, 5), traffic::metrics(4, 5));
    client.send("traces", &traces).await.expect("accepted");
    client.send("logs", &logs).await.expect("accepted");
    client.send("metrics", &metrics).await.expect("accepted");
    let times = ids.len();
    let (traces, logs, metrics) = (vec![traces; times], vec![logs; times], vec![metrics; times]);
    let (spans, records) = (traffic::spans_of(&traces), traffic::records_of(&logs));
    let points = traffic::points_of(&metrics);
    wait::until("everything to arrive, once by each exporter", || async {
        traffic::spans_of(&backend.traces()) == spans
            && traffic::records_of(&backend.logs()) == records
            && traffic::points_of(&backend.metrics()) == points
    })
    .await;
    wait::until("it to be counted", || async { sent_spans(&gateway).await == 50 * times }).await;
}

/// By TLS with certificates on both sides the gateways speak HTTP/2, without `force_attempt_http2` HTTP/1.1; a server that
/// nobody vouches for gets nothing, and the log says why.
#[tokio::test(flavor = "multi_thread")]
async fn gateways_speak_tls() {
    let folder = TempDir::new().expect("a folder");
    let authority = Authority::new("authority");
    write(folder.path(), "ca.pem", &authority.pem());
    authority.sign("next.test").write(folder.path(), "next");
    authority.sign("first.test").write(folder.path(), "first");
    let path = folder.path().display();
    let backend = Backend::start().await;
    let yaml = config::load_balancing(&[backend.address()], "").replace(
        "      http:\n",
        &format!(
            "      http:\n        tls: {{cert_file: {path}/next.pem, key_file: {path}/next.key.pem, client_ca_file: {path}/ca.pem}}\n"
        ),
    );
    let next = Gateway::start(&yaml).await;
    let mutual =
        format!("ca_file: {path}/ca.pem, cert_file: {path}/first.pem, key_file: {path}/first.key.pem");
    let port = next.address("http").port();
    for more in ["", "\nforce_attempt_http2: false", "\ndisable_keep_alives: true"] {
        let gateway = Gateway::start(&exporting(&format!(
            "endpoint: https://127.0.0.1:{port}\ntls: {{{mutual}}}\nsending_queue: {{enabled: false}}{more}"
        )))
        .await;
        let client = Client::connect(gateway.address("receiver")).await;
        for _ in 0..3 {
            client.send("traces", &traffic::traces(2, 2)).await.expect("accepted by the next gateway");
        }
        assert_eq!(sent_spans(&gateway).await, 12);
    }
    wait::until("all of it at the backend", || async {
        traffic::spans_of(&backend.traces()).values().sum::<usize>() == 36
    })
    .await;
    let distrustful = Gateway::start(&exporting(&format!(
        "endpoint: https://127.0.0.1:{port}\ntls: {{cert_file: {path}/first.pem, key_file: {path}/first.key.pem}}\n{QUICK_RETRY}"
    )))
    .await;
    let client = Client::connect(distrustful.address("receiver")).await;
    client.send("traces", &traffic::traces(1, 1)).await.expect("the queue takes it");
    distrustful.wait_for_log("tls::ca_file").await;
}

/// The version of HTTP is what was agreed on: seen by a server behind TLS that offers HTTP/2 alone, and by one that has
/// none.
#[tokio::test(flavor = "multi_thread")]
async fn http2_is_spoken_where_it_is_agreed_on() {
    let folder = TempDir::new().expect("a folder");
    let authority = Authority::new("authority");
    let ca = write(folder.path(), "ca.pem", &authority.pem());
    let server = HttpServer::start(|_, _| answer(200, &[], "")).await;
    let tunnel = Tunnel::before(server.address(), tls::server(&authority.sign("localhost"), None)).await;
    let gateway = Gateway::start(&exporting(&format!(
        "traces_endpoint: https://localhost:{}/traces?a=b\nlogs_endpoint: http://{}/logs\nmetrics_endpoint: http://{}/m\n\
         tls: {{ca_file: {}}}\nheaders: {{X-Tenant: acme}}\nmax_idle_conns: 1",
        tunnel.address().port(),
        server.address(),
        server.address(),
        ca.display()
    )))
    .await;
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(1, 1)).await.expect("accepted");
    client.send("logs", &traffic::logs(1, 1)).await.expect("accepted");
    wait::until("both signals", || async { server.recordings().len() == 2 }).await;
    for recording in server.recordings() {
        let is_http2 = recording.version == http::Version::HTTP_2;
        let expected = if is_http2 { "/traces?a=b" } else { "/logs" };
        assert!(recording.target.ends_with(expected), "{recording:?}");
        assert_eq!(recording.headers["content-type"], PROTOBUF);
        assert_eq!(recording.headers["content-encoding"], "gzip");
        assert_eq!(recording.headers["x-tenant"], "acme");
        assert!(recording.headers["user-agent"].to_str().is_ok_and(|agent| agent.starts_with("Sluice/")));
    }
    let versions = server.recordings().iter().filter(|one| one.version == http::Version::HTTP_2).count();
    assert_eq!(versions, 1);
}

/// A backend that is busy is asked again, not before it says, until it takes the data; nothing is lost, and all of it
/// arrives once.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_backend_is_asked_again() {
    let server = HttpServer::start(|number, _| match number {
        0 => answer(502, &[("content-type", "text/html")], "<h1>Bad gateway</h1>"),
        1 => answer(429, &[], ""),
        2 => answer(503, &[("retry-after", "1")], ""),
        3 => answer(504, &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], ""),
        _ => answer(200, &[("content-type", "application/json")], "{}"),
    })
    .await;
    let yaml = exporting(&format!("endpoint: http://{}\n{QUICK_RETRY}\ncompression: none", server.address()));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let begin = Instant::now();
    client.send("traces", &traffic::traces(2, 3)).await.expect("accepted");
    wait::until("the last answer", || async { server.recordings().len() == 5 }).await;
    assert!(begin.elapsed().as_secs() >= 1, "Retry-After is kept to");
    wait::until("it to be counted", || async { sent_spans(&gateway).await == 6 }).await;
    let bodies: Vec<_> = server.recordings().into_iter().map(|recording| recording.body).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0] && !body.is_empty()));
    gateway.wait_for_log("Bad gateway").await;
}

/// What a backend rejects, refuses for good, or finds too large is counted by its reason, with the backend's words, and
/// where the sender waits for it, it is told the exact number.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_counted_and_told() {
    let server = HttpServer::start(|_, recording| match recording.target.as_str() {
        // "partial_success": 2 rejected, "too old"; then the same in JSON.
        "/v1/traces" => answer(200, &[("content-type", PROTOBUF)], &b"\x0a\x0b\x08\x02\x12\x07too old"[..]),
        "/v1/metrics" => {
            let partial = json!({"partialSuccess": {"rejectedDataPoints": "3", "errorMessage": "too new"}});
            answer(200, &[("content-type", "application/json")], partial.to_string())
        }
        // "google.rpc.Status": INVALID_ARGUMENT, "bad log".
        _ => answer(400, &[("content-type", PROTOBUF)], &b"\x08\x03\x12\x07bad log"[..]),
    })
    .await;
    let yaml =
        exporting(&format!("endpoint: http://{}\nsending_queue: {{enabled: false}}", server.address()));
    let gateway = Gateway::start(&yaml).await;
    let http = HttpClient::new(gateway.address("http"));
    let told = |body: String| serde_json::from_str::<serde_json::Value>(&body).expect("JSON");
    let post = async |signal: &str, message: String| {
        let answer = http.post(signal, "application/json", message).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        told(String::from_utf8_lossy(&answer.body).into_owned())["partialSuccess"].clone()
    };
    let json = |message: serde_json::Result<String>| message.expect("JSON");
    let partial = post("traces", json(serde_json::to_string(&traffic::traces(2, 3)))).await;
    assert_eq!(partial, json!({"rejectedSpans": "2", "errorMessage": "too old"}));
    let partial = post("metrics", json(serde_json::to_string(&traffic::metrics(2, 3)))).await;
    assert_eq!(partial, json!({"rejectedDataPoints": "3", "errorMessage": "too new"}));
    let partial = post("logs", json(serde_json::to_string(&traffic::logs(2, 3)))).await;
    assert_eq!(partial["rejectedLogRecords"], "6");
    assert!(partial["errorMessage"].as_str().is_some_and(|words| words.contains("bad log")), "{partial}");
    assert_eq!((lost(&gateway, "rejected").await, lost(&gateway, "permanent").await), (5, 6));
    assert_eq!(sent_spans(&gateway).await, 4);
    gateway.wait_for_log("HTTP 400 Bad Request: bad log").await;
}

/// A backend that finds requests too large gets smaller ones; an item that is too large alone is lost, and counted.
#[tokio::test(flavor = "multi_thread")]
async fn large_requests_are_sent_in_halves() {
    let server = HttpServer::start(|_, recording| {
        let status = if recording.body.len() > 2_000 { 413 } else { 200 };
        answer(status, &[], "")
    })
    .await;
    let yaml = exporting(&format!("endpoint: http://{}\ncompression: none", server.address()));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let mut traces = traffic::traces(40, 2);
    let scopes = traces.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
    let spans = scopes.flat_map(|scope| &mut scope.spans);
    spans.take(1).for_each(|span| span.name = "x".repeat(5_000));
    client.send("traces", &traces).await.expect("accepted");
    wait::until("all but one to be sent", || async { sent_spans(&gateway).await == 79 }).await;
    assert_eq!(lost(&gateway, "too_large").await, 1);
}

/// Two servers have a queue each, so that one that is dead holds up no signal of the other's.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_server_holds_up_no_other() {
    let server = HttpServer::start(|_, _| answer(200, &[], "")).await;
    let dead = {
        let gone = HttpServer::start(|_, _| answer(200, &[], "")).await;
        gone.address()
    };
    let yaml = exporting(&format!(
        "endpoint: http://{}\nlogs_endpoint: http://{dead}/logs\nsending_queue: {{queue_size: 1, num_consumers: 1}}\n{QUICK_RETRY}",
        server.address()
    ));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    wait::until("the dead server's queue to be full", || async {
        client.send("logs", &traffic::logs(1, 1)).await.is_err()
    })
    .await;
    for _ in 0..5 {
        wait::until("traces to pass", || async {
            client.send("traces", &traffic::traces(1, 1)).await.is_ok()
        })
        .await;
    }
    wait::until("all of them to be sent", || async { sent_spans(&gateway).await == 5 }).await;
    let page = Page::scrape(gateway.address("metrics")).await;
    let label = format!("exporter=\"otlp_http/{dead}\"");
    assert_eq!(page.sum("otelcol_exporter_queue_size", &[&label]), 1.0, "{}", page.0);
}

async fn through(proxy: SocketAddr, user: &str, endpoint: &str, tls: &str) -> Gateway {
    let yaml = exporting(&format!(
        "endpoint: {endpoint}\nproxy_url: http://{user}{proxy}\ntls: {{{tls}}}\n{QUICK_RETRY}"
    ));
    Gateway::start(&yaml).await
}

/// A proxy leads to servers with TLS by a tunnel, and to others by their URL; who it does not know is told, and what waits
/// is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_leads_on() {
    let folder = TempDir::new().expect("a folder");
    let authority = Authority::new("authority");
    let ca = write(folder.path(), "ca.pem", &authority.pem());
    let server = HttpServer::start(|_, _| answer(200, &[], "")).await;
    let tunnel = Tunnel::before(server.address(), tls::server(&authority.sign("localhost"), None)).await;
    // "gateway:p@ss"
    let proxy = Proxy::start(Some("Basic Z2F0ZXdheTpwQHNz")).await;
    let secure = format!("https://localhost:{}", tunnel.address().port());
    let plain = format!("http://{}", server.address());
    let tls = format!("ca_file: {}", ca.display());
    for (endpoint, expected) in [
        (&secure, format!("CONNECT localhost:{} HTTP/1.1", tunnel.address().port())),
        (&plain, format!("POST {plain}/v1/traces HTTP/1.1")),
    ] {
        let before = server.recordings().len();
        let gateway = through(proxy.address(), "gateway:p%40ss@", endpoint, &tls).await;
        let client = Client::connect(gateway.address("receiver")).await;
        client.send("traces", &traffic::traces(1, 2)).await.expect("accepted");
        wait::until("it to be sent", || async { sent_spans(&gateway).await == 2 }).await;
        assert_eq!(proxy.asked().last(), Some(&expected));
        let arrived = server.recordings();
        assert_eq!(arrived.len(), before + 1);
        let log = gateway.log().join("\n");
        assert!(!log.contains("p@ss") && !log.contains("p%40ss") && !log.contains("Z2F0"), "{log}");
        // What the proxy is shown is not for the server behind a tunnel.
        let shown = arrived[before].headers.contains_key("proxy-authorization");
        assert!(!shown || endpoint == &plain);
    }
    let before = server.recordings().len();
    let unknown = through(proxy.address(), "", &secure, &tls).await;
    let client = Client::connect(unknown.address("receiver")).await;
    client.send("traces", &traffic::traces(1, 2)).await.expect("the queue takes it");
    unknown.wait_for_log("proxy authorization required").await;
    assert_eq!((server.recordings().len(), lost(&unknown, "permanent").await), (before, 0));
}

/// The bytes are the request, as protobuf.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_passed_on() {
    let server = HttpServer::start(|_, _| answer(202, &[], "")).await;
    let yaml = exporting(&format!("endpoint: http://{}/base/\ncompression: none", server.address()));
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(2, 3);
    client.send("traces", &sent).await.expect("accepted");
    wait::until("it to arrive", || async { server.recordings().len() == 1 }).await;
    let recording = server.recordings().remove(0);
    assert_eq!(
        (recording.target.as_str(), recording.body.as_ref()),
        ("/base/v1/traces", &sent.encode_to_vec()[..])
    );
    assert_eq!(recording.headers["content-length"], recording.body.len().to_string());
    assert!(!recording.headers.contains_key("content-encoding"));
}
