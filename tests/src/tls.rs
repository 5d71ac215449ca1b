//! TLS around what speaks without it, so that any client and any backend of the tests can speak it.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::certificates::Certified;
use crate::wait;

/// What a server shows, and the authority (PEM) of the clients that it lets in; `None`: all.
///
/// # Panics
/// When a certificate or key is none.
#[must_use]
pub fn server(shown: &Certified, client_authority: Option<&str>) -> Arc<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match client_authority {
        Some(authority) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(roots(authority).into(), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(chain(shown), key(shown)).expect("a key that fits");
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

/// Whom a client trusts (PEM), and what it shows.
///
/// # Panics
/// When a certificate or key is none.
#[must_use]
pub fn client(authority: &str, shown: Option<&Certified>) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots(authority));
    let mut config = match shown {
        Some(shown) => builder.with_client_auth_cert(chain(shown), key(shown)).expect("a key that fits"),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

fn roots(pem: &str) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.expect("PEM")).expect("a certificate");
    }
    roots
}

fn chain(certified: &Certified) -> Vec<CertificateDer<'static>> {
    vec![CertificateDer::from_pem_slice(certified.certificate.as_bytes()).expect("a certificate")]
}

fn key(certified: &Certified) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(certified.key.as_bytes()).expect("a key")
}

/// What a server at `address` makes of a client: the certificate that it shows once the client is let in.
///
/// # Errors
/// When the two do not come together.
pub async fn shake(address: SocketAddr, config: &Arc<ClientConfig>) -> io::Result<CertificateDer<'static>> {
    let mut stream = connect(address, config).await?;
    // A server that wants another certificate says so behind the handshake of TLS 1.3; one that is content
    // answers the preface of HTTP/2 with its settings.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await?;
    stream.read_u8().await?;
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    shown.map(|shown| shown.clone().into_owned()).ok_or_else(|| io::Error::other("no certificate"))
}

async fn connect(
    address: SocketAddr,
    config: &Arc<ClientConfig>,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    TlsConnector::from(config.clone()).connect(ServerName::from(address.ip()), tcp).await
}

/// A free port of 127.0.0.1.
const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A port that leads to another one, with TLS on one of the two sides.
#[derive(Debug)]
pub struct Tunnel {
    address: SocketAddr,
    serving: JoinHandle<()>,
    shown: Option<watch::Sender<Arc<ServerConfig>>>,
}

impl Tunnel {
    /// TLS before a plain server at `to`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn before(to: SocketAddr, config: Arc<ServerConfig>) -> Self {
        Self::before_on(ANY, to, config).await
    }

    /// The same, on `address`.
    ///
    /// # Panics
    /// When the address is taken.
    pub async fn before_on(address: SocketAddr, to: SocketAddr, config: Arc<ServerConfig>) -> Self {
        let (shown, mut changes) = watch::channel(config);
        let mut tunnel = Self::start(address, move |tcp| {
            let config = changes.borrow_and_update().clone();
            let mut changes = changes.clone();
            async move {
                let served = async {
                    let inside = TlsAcceptor::from(config).accept(tcp).await?;
                    join(inside, TcpStream::connect(to).await?).await
                };
                tokio::select! {
                    served = served => served,
                    _ = changes.changed() => Ok(()),
                }
            }
        })
        .await;
        tunnel.shown = Some(shown);
        tunnel
    }

    /// A plain port before a server at `to` that speaks TLS.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(to: SocketAddr, config: Arc<ClientConfig>) -> Self {
        Self::start(ANY, move |tcp| {
            let config = config.clone();
            async move { join(tcp, connect(to, &config).await?).await }
        })
        .await
    }

    async fn start<F>(address: SocketAddr, mut serve: impl FnMut(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = wait::for_address(address).await;
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(async move {
            // The connections end with the tunnel.
            let mut connections = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                connections.spawn(serve(tcp));
            }
        });
        Self { address, serving, shown: None }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows another certificate; the connections of before are broken off.
    ///
    /// # Panics
    /// When TLS is on the other side.
    pub fn show(&self, config: Arc<ServerConfig>) {
        self.shown.as_ref().expect("a server").send_replace(config);
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn join(
    mut one: impl AsyncRead + AsyncWrite + Unpin,
    mut other: impl AsyncRead + AsyncWrite + Unpin,
) -> io::Result<()> {
    copy_bidirectional(&mut one, &mut other).await.map(|_| ())
}
