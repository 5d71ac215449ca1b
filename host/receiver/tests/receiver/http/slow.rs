//! Clients that take their time, with what they send as well as with what they read.

use std::sync::Arc;
use std::time::Duration;

use sluice_receiver::HttpSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::HttpClient;
use crate::consumers::{Gated, Instant};
use crate::messages::spans;
use crate::server::{Server, all, http_settings};
use crate::{soon, until};

const SHORT: Option<Duration> = Some(Duration::from_millis(100));

/// Waits until the server has closed the connection.
async fn closed(mut client: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = soon(client.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A client that says nothing is let go, and counted as silent.
#[tokio::test]
async fn a_silent_client_is_let_go() {
    let server = Server::start_http(
        HttpSettings { read_header_timeout: SHORT, ..http_settings() },
        all(Arc::new(Instant)),
    );
    let client = TcpStream::connect(server.address).await.expect("connected");
    assert_eq!(closed(client).await, "");
    until(|| server.refused("silent") == 1 && server.connections() == 0).await;
}

/// A head that comes byte by byte, the first one of a connection or a later one, ends with the connection.
#[tokio::test]
async fn a_head_that_drips_is_let_go() {
    let server = Server::start_http(
        HttpSettings { read_header_timeout: SHORT, ..http_settings() },
        all(Arc::new(Instant)),
    );
    let first = "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    for (number, before) in ["", first].into_iter().enumerate() {
        let mut client = TcpStream::connect(server.address).await.expect("connected");
        client.write_all(before.as_bytes()).await.expect("sent");
        let (mut reader, mut writer) = client.into_split();
        let dripping = tokio::spawn(async move {
            let _ = writer.write_all(b"POST /v1/traces HTTP/1.1\r\nx: ").await;
            while writer.write_all(b"y").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let mut answer = Vec::new();
        let _ = soon(reader.read_to_end(&mut answer)).await;
        assert_eq!(String::from_utf8_lossy(&answer).matches("200 OK").count(), number);
        until(|| server.rejected("slow_client") == number as u64 + 1 && server.connections() == 0).await;
        dripping.abort();
    }
}

/// A body that does not arrive in time is answered so that clients send it again, and what came is freed.
#[tokio::test]
async fn a_body_that_drips_is_let_go() {
    let server =
        Server::start_http(HttpSettings { read_timeout: SHORT, ..http_settings() }, all(Arc::new(Instant)));
    for (round, mut client) in HttpClient::both(server.address).await.into_iter().enumerate() {
        let (pieces, answer) = client.open("/v1/traces", &[]);
        pieces.send(spans(10).slice(..1000)).await.expect("sent");
        let answer = soon(answer).await.expect("an answer");
        assert_eq!(answer.status, 503);
        assert!(answer.rpc_status().message.contains("did not arrive within 0.1 s"));
        assert_eq!(server.rejected("slow_client"), round as u64 + 1);
        until(|| server.value("sluice_receiver_in_flight_bytes{") == 0).await;
    }
}

/// A client that sends and sends, and never reads an answer, is let go.
#[tokio::test]
async fn a_client_that_reads_nothing_is_let_go() {
    let server =
        Server::start_http(HttpSettings { write_timeout: SHORT, ..http_settings() }, all(Arc::new(Instant)));
    let mut client = TcpStream::connect(server.address).await.expect("connected");
    let request = b"GET /nothing HTTP/1.1\r\nhost: test\r\n\r\n".repeat(1000);
    let sending = async { while client.write_all(&request).await.is_ok() {} };
    soon(sending).await;
    until(|| server.connections() == 0).await;
}

/// An idle connection is closed after its time, one with a request is not; over both versions of HTTP.
#[tokio::test]
async fn idle_connections_are_closed() {
    // Long enough for a slow machine to send a request meanwhile.
    const IDLE: Duration = Duration::from_millis(500);
    let gated = Gated::closed();
    let server = Server::start_http(
        HttpSettings { idle_timeout: Some(IDLE), ..http_settings() },
        all(Arc::new(gated.clone())),
    );
    for version in 0..2 {
        let [mut busy, idle] = match version {
            0 => [HttpClient::connect(server.address).await, HttpClient::connect(server.address).await],
            _ => [
                HttpClient::connect_http2(server.address).await,
                HttpClient::connect_http2(server.address).await,
            ],
        };
        let busy = tokio::spawn(async move { busy.post("/v1/traces", &[], spans(1)).await.status });
        until(|| server.in_flight() == 1).await;
        until(|| !idle.is_open()).await;
        // The busy one has been there for as long, and stays for as long again.
        tokio::time::sleep(IDLE).await;
        gated.open(1);
        assert_eq!(soon(busy).await.expect("no panic"), 200, "the busy one was left alone");
        until(|| server.connections() == 0).await;
    }
}

/// Without limits nobody is let go: 0 means none, as in the Collector.
#[tokio::test]
async fn limits_can_be_switched_off() {
    let settings = HttpSettings {
        read_timeout: None,
        read_header_timeout: None,
        write_timeout: None,
        idle_timeout: None,
        ..http_settings()
    };
    let server = Server::start_http(settings, all(Arc::new(Instant)));
    let mut client = HttpClient::connect(server.address).await;
    for _ in 0..2 {
        let (pieces, answer) = client.open("/v1/traces", &[]);
        let body = spans(1);
        let sending = async {
            pieces.send(body.slice(..100)).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(150)).await;
            pieces.send(body.slice(100..)).await.expect("sent");
            drop(pieces);
        };
        assert_eq!(soon(futures_util::future::join(answer, sending)).await.0.expect("an answer").status, 200);
    }
}

/// An HTTP/2 client that gives no room for answers, and answers pings all the same, is let go once it is idle.
#[tokio::test]
async fn an_answer_that_nobody_takes_ends_with_the_connection() {
    let settings = HttpSettings { write_timeout: SHORT, idle_timeout: SHORT, ..http_settings() };
    let server = Server::start_http(settings, all(Arc::new(Instant)));
    let stream = TcpStream::connect(server.address).await.expect("connected");
    let mut builder = hyper::client::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
    let handshake = builder.initial_stream_window_size(0).handshake(hyper_util::rt::TokioIo::new(stream));
    let (mut sender, connection) = soon(handshake).await.expect("HTTP/2");
    let client = tokio::spawn(connection);
    let request =
        http::Request::post("http://test/nothing").body(http_body_util::Empty::<bytes::Bytes>::new());
    let answer =
        soon(sender.send_request(request.expect("a good request"))).await.expect("the head of an answer");
    assert_eq!(answer.status(), 404);
    until(|| server.connections() == 0).await;
    drop(answer);
    let _ = soon(client).await;
}
