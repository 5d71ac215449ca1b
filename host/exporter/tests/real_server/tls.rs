use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use sluice_exporter::{Client, ClientSettings, Compression, ErrorKind, ExportError, TlsSettings};
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;
use smallvec::smallvec;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

use crate::support::spans;

const AUTHORITY: &str = include_str!("tls/authority.pem");
const SERVER: &str = include_str!("tls/server.pem");
const SERVER_KEY: &str = include_str!("tls/server.key.pem");
const CLIENT: &str = include_str!("tls/client.pem");
const CLIENT_KEY: &str = include_str!("tls/client.key.pem");

/// Takes everything.
#[derive(Clone)]
struct Sink;

impl NamedService for Sink {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl tower::Service<Request<Body>> for Sink {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<Body>) -> Self::Future {
        ready(Ok(tonic::Status::ok("").into_http()))
    }
}

async fn serve(config: ServerTlsConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = config.identity(Identity::from_pem(SERVER, SERVER_KEY));
    let server = Server::builder().tls_config(config).unwrap().add_service(Sink);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    address
}

async fn export(endpoint: &str, tls: TlsSettings) -> Result<Accepted, ExportError> {
    let settings = ClientSettings { compression: Compression::None, tls, ..ClientSettings::default() };
    let client = Client::new(endpoint, &settings).unwrap();
    client.export(Signal::Traces, smallvec![spans(&["a"])], Duration::from_secs(60)).await
}

/// Trusts the tests' authority, and calls the server by its name.
fn trusting() -> TlsSettings {
    TlsSettings {
        ca_pem: Some(AUTHORITY.to_owned()),
        server_name_override: Some("server.test".to_owned()),
        ..TlsSettings::default()
    }
}

/// A server whose certificate comes from the given authority is trusted, by file or by text.
#[tokio::test]
async fn a_known_authority_is_trusted() {
    let address = serve(ServerTlsConfig::new()).await.to_string();
    assert_eq!(export(&address, trusting()).await, Ok(Accepted::all()));
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real_server/tls/authority.pem"));
    let by_file = TlsSettings { ca_pem: None, ca_file: Some(file), ..trusting() };
    assert_eq!(export(&address, by_file).await, Ok(Accepted::all()));
}

/// An authority switches TLS on even where `insecure` is set, and so does `https://`: the Collector's rule.
#[tokio::test]
async fn insecure_yields_to_an_authority() {
    let address = serve(ServerTlsConfig::new()).await;
    let tls = TlsSettings { insecure: true, ..trusting() };
    assert_eq!(export(&address.to_string(), tls.clone()).await, Ok(Accepted::all()));
    let tls = TlsSettings { insecure_skip_verify: true, ca_pem: None, ..tls };
    assert_eq!(export(&format!("https://{address}"), tls).await, Ok(Accepted::all()));
}

/// A server that another authority vouches for, or of another name, is not talked to; the error says why.
#[tokio::test]
async fn a_stranger_is_not_trusted() {
    let address = serve(ServerTlsConfig::new()).await.to_string();
    let wrong_name = TlsSettings { server_name_override: Some("other.test".to_owned()), ..trusting() };
    let wrong_authority = TlsSettings { ca_pem: Some(CLIENT.to_owned()), ..trusting() };
    for tls in [wrong_name, wrong_authority] {
        let error = export(&address, tls).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Retryable { after: None });
        assert!(error.message.contains("certificate"), "{error}");
    }
}

/// `insecure_skip_verify` talks to anybody, encrypted.
#[tokio::test]
async fn verification_can_be_skipped() {
    let address = serve(ServerTlsConfig::new()).await.to_string();
    let tls = TlsSettings { insecure_skip_verify: true, ..TlsSettings::default() };
    assert_eq!(export(&address, tls).await, Ok(Accepted::all()));
}

/// A server that asks who we are is shown our certificate.
#[tokio::test]
async fn we_show_our_certificate() {
    let asks = ServerTlsConfig::new().client_ca_root(Certificate::from_pem(AUTHORITY));
    let address = serve(asks).await.to_string();
    assert!(export(&address, trusting()).await.is_err());
    let known =
        TlsSettings { cert_pem: Some(CLIENT.to_owned()), key_pem: Some(CLIENT_KEY.to_owned()), ..trusting() };
    assert_eq!(export(&address, known).await, Ok(Accepted::all()));
}

/// Settings that contradict each other, or name what is not there, are refused at the start.
#[tokio::test]
async fn nonsense_is_refused_at_the_start() {
    let nowhere = Some(PathBuf::from("/nonexistent/authority.pem"));
    for (tls, words) in [
        (TlsSettings { ca_file: nowhere.clone(), ..TlsSettings::default() }, "/nonexistent/authority.pem"),
        (TlsSettings { ca_file: nowhere, ..trusting() }, "both given"),
        (TlsSettings { ca_pem: Some("not PEM".to_owned()), ..TlsSettings::default() }, "no PEM certificate"),
        (TlsSettings { cert_pem: Some(CLIENT.to_owned()), ..trusting() }, "without its key"),
        (TlsSettings { key_pem: Some(CLIENT_KEY.to_owned()), ..trusting() }, "without its certificate"),
        (TlsSettings { server_name_override: Some("not a name".to_owned()), ..trusting() }, "not a name"),
    ] {
        let settings = ClientSettings { tls, ..ClientSettings::default() };
        let error = Client::new("127.0.0.1:4317", &settings).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
