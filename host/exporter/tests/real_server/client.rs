use std::time::Duration;

use bytes::Bytes;
use sluice_exporter::{Client, ClientSettings, Compression, ErrorKind, ExportError};
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;
use smallvec::smallvec;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::Code;

use crate::backend::{Answer, Backend, Gate, dead};
use crate::support::{RESTARTS, client_settings, eventually, names, spans};

const LONG: Duration = Duration::from_secs(60);

async fn export(client: &Client, body: Bytes, timeout: Duration) -> Result<Accepted, ExportError> {
    client.export(Signal::Traces, smallvec![body], timeout, None).await
}

/// Each signal reaches its own method, byte for byte, and what is in chunks arrives joined.
#[tokio::test]
async fn bytes_arrive_as_they_are() {
    let backend = Backend::start().await;
    let client = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    let body = Bytes::from((0..100_000_u32).map(|number| number as u8).collect::<Vec<_>>());
    for signal in Signal::ALL {
        let chunks = smallvec![body.slice(..30_000), body.slice(30_000..), Bytes::new()];
        assert_eq!(client.export(signal, chunks, LONG, None).await.unwrap(), Accepted::all());
    }
    let received = backend.received();
    let paths: Vec<_> = received.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        ]
    );
    assert!(received.iter().all(|request| request.body == body));
}

/// A server that reads gzip, zstd and snappy reads ours, small bodies and large.
#[tokio::test]
async fn compressed_bodies_are_read_by_others() {
    let backend = Backend::start().await;
    let forms = [(Compression::Gzip, "gzip"), (Compression::Zstd, "zstd"), (Compression::Snappy, "snappy")];
    for (compression, name) in forms {
        let settings = ClientSettings { compression, ..client_settings() };
        let client = Client::grpc(&backend.endpoint(), &settings).unwrap();
        for size in [0, 1, 1_000, 3_000_000] {
            let body = Bytes::from(vec![b'x'; size]);
            export(&client, body.clone(), LONG).await.unwrap();
            let received = backend.received().pop().unwrap();
            assert_eq!(received.body, body);
            assert_eq!(received.headers["grpc-encoding"], name);
        }
    }
}

/// Own headers, our name and how long we wait go with each request.
#[tokio::test]
async fn headers_arrive() {
    let backend = Backend::start().await;
    let headers = vec![
        ("Authorization".to_owned(), "Bearer secret".to_owned()),
        ("x-scope-orgid".to_owned(), "tenant 1".to_owned()),
    ];
    let settings =
        ClientSettings { headers, authority: Some("gateway.example:443".to_owned()), ..client_settings() };
    let client = Client::grpc(&format!("http://{}/", backend.endpoint()), &settings).unwrap();
    export(&client, spans(&["a"]), Duration::from_secs(7)).await.unwrap();
    let received = backend.received().pop().unwrap();
    assert_eq!(received.headers["authorization"], "Bearer secret");
    assert_eq!(received.headers["x-scope-orgid"], "tenant 1");
    assert_eq!(received.headers["te"], "trailers");
    assert_eq!(received.headers["grpc-timeout"], "7000m");
    let user_agent = received.headers["user-agent"].to_str().unwrap();
    assert!(user_agent.starts_with(concat!("Sluice/", env!("CARGO_PKG_VERSION"))), "{user_agent}");
}

/// One connection carries many requests at the same time.
#[tokio::test]
async fn requests_share_a_connection() {
    let gate = Gate::default();
    let gated = Answer::Gated(gate.clone());
    let backend = Backend::answering(move |_| gated.clone()).await;
    let client = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    let mut requests = JoinSet::new();
    for number in 0..40 {
        let client = client.clone();
        requests.spawn(async move { export(&client, spans(&[number.to_string()]), LONG).await.unwrap() });
    }
    eventually("all are in flight", || backend.in_flight() == 40).await;
    gate.open();
    requests.join_all().await;
    assert_eq!(backend.connections(), 1);
}

/// A server that does not answer is waited for as long as was said, and the request is withdrawn.
#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    let backend = Backend::answering(|_| Answer::Never).await;
    let client = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    let error = export(&client, spans(&["a"]), Duration::from_millis(100)).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Retryable { after: None }, Code::DeadlineExceeded));
    eventually("the server sees it withdrawn", || backend.in_flight() == 0).await;
}

/// A port on which nobody listens is a retryable error that says so, also while we pause.
#[tokio::test]
async fn a_refused_connection_is_retryable() {
    let (_socket, address) = dead();
    let client = Client::grpc(&address, &client_settings()).unwrap();
    for _ in 0..5 {
        let error = export(&client, spans(&["a"]), LONG).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Retryable { after: None }, Code::Unavailable));
        assert!(error.message.to_lowercase().contains("refused"), "{error}");
    }
}

/// A peer that accepts and then says nothing is given up in time, too.
#[tokio::test]
async fn a_peer_that_is_no_server_is_given_up_in_time() {
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::grpc(&mute.local_addr().unwrap().to_string(), &client_settings()).unwrap();
    let error = export(&client, spans(&["a"]), Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retryable { after: None });
}

/// After a server died and came back, the same client reaches it again.
#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let backend = Backend::start_at(RESTARTS, usize::MAX, |_| Answer::Ok).await;
    let address = backend.endpoint();
    let client = Client::grpc(&address, &client_settings()).unwrap();
    export(&client, spans(&["before"]), LONG).await.unwrap();
    backend.kill().await;
    let error = export(&client, spans(&["lost"]), LONG).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retryable { after: None });

    let backend = Backend::start_at(&address, usize::MAX, |_| Answer::Ok).await;
    let start = std::time::Instant::now();
    while let Err(error) = export(&client, spans(&["after"]), LONG).await {
        assert!(start.elapsed() < LONG, "{error}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(names(&backend.received()[0].body), ["after"]);
}
