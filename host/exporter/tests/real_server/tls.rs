use std::net::SocketAddr;
use std::time::Duration;

use sluice_auth::{BasicClientSettings, ClientAuth, Credential};
use sluice_exporter::{Client, ClientSettings, Compression, ErrorKind, ExportError};
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;
use sluice_tests::certificates::{Authority, Certified};
use sluice_tests::tls::{self, Tunnel};
use sluice_tls::{Alpn, ClientTls, ClientTlsSettings, Identity, Pem};
use smallvec::smallvec;

use crate::backend::Backend;
use crate::support::spans;

/// A backend that is reached by TLS.
struct Secure {
    backend: Backend,
    tunnel: Tunnel,
}

impl Secure {
    async fn start(shown: &Certified, clients: Option<&Authority>) -> Self {
        let backend = Backend::start().await;
        let clients = clients.map(Authority::pem);
        let config = tls::server(shown, clients.as_deref());
        let tunnel = Tunnel::before(backend.endpoint().parse().unwrap(), config).await;
        Self { backend, tunnel }
    }

    fn address(&self) -> SocketAddr {
        self.tunnel.address()
    }
}

/// Trusts an authority, and calls the server by its name.
fn trusting(authority: &Authority) -> ClientTlsSettings {
    ClientTlsSettings {
        authorities: Some(Pem::Text(authority.pem())),
        server_name_override: Some("server.test".to_owned()),
        ..ClientTlsSettings::default()
    }
}

fn client(endpoint: &str, tls: ClientTlsSettings) -> Client {
    let tls = ClientTls::new("exporter", tls, &[Alpn::H2]).unwrap();
    let settings = ClientSettings { compression: Compression::None, ..ClientSettings::new(tls) };
    Client::grpc(endpoint, &settings).unwrap()
}

async fn export(endpoint: &str, tls: ClientTlsSettings) -> Result<Accepted, ExportError> {
    let spans = smallvec![spans(&["a"])];
    client(endpoint, tls).export(Signal::Traces, spans, Duration::from_secs(60), None).await
}

/// A request goes through TLS; the server is called by its own name in it, too.
#[tokio::test]
async fn a_request_goes_through_tls() {
    let authority = Authority::new("authority");
    let server = Secure::start(&authority.sign("server.test"), None).await;
    assert_eq!(export(&server.address().to_string(), trusting(&authority)).await, Ok(Accepted::all()));
    assert_eq!(server.backend.received().len(), 1);
}

/// `https://` switches TLS on even where `insecure` is set: the Collector's rule.
#[tokio::test]
async fn insecure_yields_to_the_endpoint() {
    let server = Secure::start(&Authority::new("authority").sign("server.test"), None).await;
    let tls =
        ClientTlsSettings { insecure: true, insecure_skip_verify: true, ..ClientTlsSettings::default() };
    assert_eq!(export(&format!("https://{}", server.address()), tls).await, Ok(Accepted::all()));
}

/// A server that is not trusted gets no request; the error says why, and that another attempt may help, since
/// certificates change.
#[tokio::test]
async fn a_stranger_gets_no_request() {
    let (authority, other) = (Authority::new("authority"), Authority::new("other"));
    let server = Secure::start(&other.sign("server.test"), None).await;
    let error = export(&server.address().to_string(), trusting(&authority)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retryable { after: None });
    assert!(error.message.contains("tls::ca_file"), "{error}");
    assert!(server.backend.received().is_empty());
}

/// A server that speaks no TLS is told apart.
#[tokio::test]
async fn a_plain_server_is_told_apart() {
    let backend = Backend::start().await;
    let error = export(&backend.endpoint(), trusting(&Authority::new("authority"))).await.unwrap_err();
    assert!(error.message.contains("speaks no TLS") || error.message.contains("speak no TLS"), "{error}");
}

/// A server that asks who we are is shown our certificate; without one it refuses us, and that is what the error says.
#[tokio::test]
async fn we_show_our_certificate() {
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    let server = Secure::start(&authority.sign("server.test"), Some(&clients)).await;
    let address = server.address().to_string();
    let error = export(&address, trusting(&authority)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retryable { after: None });
    assert!(error.message.contains("CertificateRequired"), "{error}");
    let Certified { certificate, key } = clients.sign("gateway");
    let identity = Some(Identity { certificate: Pem::Text(certificate), key: Pem::Text(key) });
    let known = ClientTlsSettings { identity, ..trusting(&authority) };
    assert_eq!(export(&address, known).await, Ok(Accepted::all()));
}

/// An endpoint that no certificate can be for is refused at the start.
#[tokio::test]
async fn an_endpoint_without_a_name_is_refused() {
    let authorities = Some(Pem::Text(Authority::new("authority").pem()));
    let settings = ClientTlsSettings { authorities, ..ClientTlsSettings::default() };
    let tls = ClientTls::new("exporter", settings, &[Alpn::H2]).unwrap();
    let error = Client::grpc("under..score:4317", &ClientSettings::new(tls)).unwrap_err().to_string();
    assert!(error.contains("neither a host name"), "{error}");
}

/// What authenticates us goes with every request, by TLS alone.
#[tokio::test]
async fn credentials_are_shown_by_tls_alone() {
    let authority = Authority::new("authority");
    let server = Secure::start(&authority.sign("server.test"), None).await;
    let credentials = BasicClientSettings {
        username: Credential::Text("gateway".to_owned()),
        password: Credential::Text("hunter2".to_owned()),
        reload_interval: Duration::ZERO,
    };
    let auth = Some(ClientAuth::basic("extensions::basicauth", credentials).unwrap());
    let tls = ClientTls::new("exporter", trusting(&authority), &[Alpn::H2]).unwrap();
    let settings = ClientSettings { auth: auth.clone(), ..ClientSettings::new(tls) };
    let client = Client::grpc(&server.address().to_string(), &settings).unwrap();
    let spans = smallvec![spans(&["a"])];
    client.export(Signal::Traces, spans, Duration::from_secs(60), None).await.unwrap();
    assert_eq!(server.backend.received()[0].headers["authorization"], "Basic Z2F0ZXdheTpodW50ZXIy");

    let plain = ClientSettings { auth, ..ClientSettings::new(ClientTls::insecure(&[Alpn::H2])) };
    let error = Client::grpc(&server.address().to_string(), &plain).unwrap_err().to_string();
    assert!(error.contains("without TLS") && !error.contains("hunter2"), "{error}");
}
