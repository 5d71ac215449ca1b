//! Clients that are many, slow, or want more than there is: they harm nobody else, and are counted.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::http::{HttpClient, JSON, PROTOBUF};
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;

const MIB: usize = 1024 * 1024;

/// A gateway before `backend`, with more keys for both of its servers.
fn with_keys(backend: &Backend, grpc: &str, http: &str) -> String {
    config::load_balancing(&[backend.address()], "")
        .replace("      grpc:\n", &format!("      grpc:\n        {grpc}\n"))
        .replace("      http:\n", &format!("      http:\n        {http}\n"))
}

/// Both transports still serve: each delivers a trace.
async fn serves(gateway: &Gateway) {
    let request = traffic::traces(1, 2);
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &request).await.expect("accepted");
    let answer =
        HttpClient::new(gateway.address("http")).post("traces", PROTOBUF, request.encode_to_vec()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn connections(gateway: &Gateway) -> f64 {
    Page::scrape(gateway.address("metrics")).await.sum("sluice_receiver_connections", &[])
}

/// Rejected requests of both transports, for `reason`.
async fn rejected(gateway: &Gateway, reason: &str) -> f64 {
    let page = Page::scrape(gateway.address("metrics")).await;
    page.sum("sluice_receiver_rejected_requests_total", &[&format!("reason=\"{reason}\"")])
}

/// An HTTP/2 connection that has said what it must, and then says nothing.
async fn idle_http2(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&[&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings].concat()).await.expect("sent");
    stream.read_exact(&mut [0; 9]).await.expect("the server's settings");
    stream
}

/// An HTTP/1.1 connection that has sent one request, and then says nothing.
async fn idle_http1(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.read_exact(&mut [0; 15]).await.expect("an answer");
    stream
}

/// 1,000 idle connections over both transports, more than the soft limit of open files that the gateway was started
/// with, keep nobody out; when they are gone nothing is left of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_idle_connections_harm_nobody() {
    // For this end of them, and what other tests of this process have open.
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    assert!(maximum.is_none_or(|maximum| maximum >= 2_048), "this test needs 2,048 open files (ulimit -Hn)");
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("the limit is raised");
    let backend = Backend::start().await;
    // Nobody is idle for too long, however long the slowest machine takes for this test.
    let yaml = with_keys(&backend, "keepalive: {server_parameters: {time: 1h}}", "idle_timeout: 1h");
    let gateway = Gateway::start_with_open_files(&yaml, 256).await;
    let (grpc, http) = (gateway.address("receiver"), gateway.address("http"));
    let mut idle = Vec::new();
    for _ in 0..500 {
        idle.push(idle_http2(grpc).await);
        idle.push(idle_http1(http).await);
    }
    assert!(connections(&gateway).await >= 1_000.0);
    serves(&gateway).await;
    drop(idle);
    wait::until("the connections to be gone", || async { connections(&gateway).await < 10.0 }).await;
    serves(&gateway).await;
}

/// Heads and bodies that drip are let go at the end of their time, over both transports, while others are served.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_drip_are_let_go() {
    let backend = Backend::start().await;
    let http = "read_timeout: 1s\n        read_header_timeout: 1s";
    let gateway = Gateway::start(&with_keys(&backend, "read_timeout: 1s", http)).await;
    let (grpc, http) = (gateway.address("receiver"), gateway.address("http"));
    let head = "POST /v1/traces HTTP/1.1\r\nhost: test\r\n";
    let body = format!("{head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{");
    let dripping: Vec<_> =
        [head.to_owned(), body].map(|said| tokio::spawn(drip(http, said.into_bytes(), b"x".to_vec()))).into();
    let slow = tokio::spawn(drip(grpc, half_a_call(), frame(0, 0, 1, &[1])));
    serves(&gateway).await;
    let mut answers = Vec::new();
    for client in dripping {
        answers.push(String::from_utf8_lossy(&client.await.expect("no panic")).into_owned());
    }
    assert_eq!(answers[0], "", "the head never came");
    assert!(
        answers[1].starts_with("HTTP/1.1 503") && answers[1].contains("did not arrive within 1 s"),
        "{answers:?}"
    );
    // The connection goes on, so the answer is looked for where it is counted.
    wait::until("three slow clients", || async { rejected(&gateway, "slow_client").await == 3.0 }).await;
    slow.abort();
    serves(&gateway).await;
}

/// Says something, and then `more` again and again until nobody listens; answers with what it has been told.
async fn drip(address: SocketAddr, said: Vec<u8>, more: Vec<u8>) -> Vec<u8> {
    let (mut reader, mut writer) = TcpStream::connect(address).await.expect("connected").into_split();
    let dripping = tokio::spawn(async move {
        let _ = writer.write_all(&said).await;
        while writer.write_all(&more).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut told = Vec::new();
    let _ = reader.read_to_end(&mut told).await;
    dripping.abort();
    told
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("short");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// A call over HTTP/2, up to the first byte of a message of 50,000.
fn half_a_call() -> Vec<u8> {
    let text = |value: &str| [&[u8::try_from(value.len()).expect("short")], value.as_bytes()].concat();
    let literal = |name: &str, value: &str| [&[0][..], &text(name), &text(value)].concat();
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    // POST and http of the static table.
    let head = [
        &[0x83, 0x86][..],
        &literal(":path", path),
        &literal(":authority", "test"),
        &literal("content-type", "application/grpc"),
    ];
    let message = [0, 0, 0, 195, 80, 1];
    [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &frame(4, 0, 0, &[]),
        &frame(1, 4, 1, &head.concat()),
        &frame(0, 0, 1, &message),
    ]
    .concat()
}

/// Clients that send and never read an answer are let go over HTTP/1.1, and others are served meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_read_nothing_are_let_go() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&with_keys(&backend, "", "write_timeout: 1s")).await;
    let mut client = TcpStream::connect(gateway.address("http")).await.expect("connected");
    let request = b"GET /nothing HTTP/1.1\r\nhost: test\r\n\r\n".repeat(1_000);
    let sending = async { while client.write_all(&request).await.is_ok() {} };
    tokio::time::timeout(wait::LIMIT, sending).await.expect("the server ends it");
    serves(&gateway).await;
}

/// Bombs and oversize over both transports are refused for good, from many clients at a time, and cost no more memory
/// than the limits say.
#[tokio::test(flavor = "multi_thread")]
async fn bombs_and_oversize_are_refused() {
    let backend = Backend::start().await;
    let limits = ("max_recv_msg_size_mib: 4", "max_request_body_size: 4194304");
    let gateway = Gateway::start(&with_keys(&backend, limits.0, limits.1)).await;
    let (zeros, large) = (Bytes::from(vec![0; 256 * MIB]), Bytes::from(vec![0; 5 * MIB]));
    let bomb = Bytes::from(gzip(&zeros));
    assert!(bomb.len() < MIB);
    let plain = Client::connect(gateway.address("receiver")).await;
    let compressing = plain.clone().compressed(CompressionEncoding::Gzip);
    let http = HttpClient::new(gateway.address("http"));
    for round in 1..=4 {
        for (client, body) in [(&plain, &large), (&compressing, &zeros)] {
            let status =
                client.send_bytes("traces", body.clone(), MetadataMap::new()).await.expect_err("too large");
            assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
            assert!(status.details().is_empty(), "no RetryInfo: {status:?}");
        }
        let gzipped = [("content-encoding", "gzip")];
        for (content_type, headers, body) in
            [(PROTOBUF, &[][..], &large), (PROTOBUF, &gzipped, &bomb), (JSON, &gzipped, &bomb)]
        {
            let answer = http.post_with("traces", content_type, headers, body.clone()).await;
            assert_eq!(answer.status, 413, "{answer:?}");
            assert!(!answer.headers.contains_key("retry-after"));
        }
        assert_eq!(rejected(&gateway, "too_large").await as usize, 5 * round);
    }
    let peak = peak_bytes(&gateway);
    assert!(peak < 400 * MIB, "{} MiB, for bombs of 256 MiB and a limit of 4", peak / MIB);
    serves(&gateway).await;
}

fn gzip(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).expect("compressed");
    encoder.finish().expect("compressed")
}

/// The most memory that the gateway has had.
fn peak_bytes(gateway: &Gateway) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.id())).expect("a process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    peak.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}
