//! The server's side of a handshake.

mod failure;
mod going;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use failure::{HandshakeError, HandshakeFailure};
use going::Going;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use sluice_watched::{Watch, Watched};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::expiry::Expiry;
use crate::{Alpn, CERTIFICATES, DEFAULT_RELOAD_INTERVAL, Pem, ServerTlsSettings, TlsError, alpn, material};

/// What handshakes may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeLimits {
    /// How many are under way at a time. One more ends the one that is at it longest, so that clients which are
    /// slow, on purpose or not, keep nobody out.
    pub max_concurrent: usize,
    /// How long one may take.
    pub timeout: Duration,
}

impl Default for HandshakeLimits {
    fn default() -> Self {
        Self { max_concurrent: 2048, timeout: Duration::from_secs(10) }
    }
}

/// The TLS of one server. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct ServerTls {
    config: Arc<Watched<ServerConfig>>,
    going: Arc<Going>,
    timeout: Duration,
}

impl ServerTls {
    /// Reads what the settings name. `owner` is the place of the settings, for the log; `alpn` are the protocols
    /// to agree on, the preferred one first. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(
        owner: &str,
        settings: ServerTlsSettings,
        alpn: &[Alpn],
        limits: HandshakeLimits,
    ) -> Result<Self, TlsError> {
        let watch = Watch {
            component: owner.to_owned(),
            what: CERTIFICATES,
            interval: interval(&settings),
            files: watched(&settings),
        };
        let alpn = alpn::ids(alpn);
        let first = verifier(&settings)?;
        let expiry = Expiry::watch(owner);
        let config = Watched::start(watch, move || {
            let verifier = if settings.client_ca_file_reload { verifier(&settings)? } else { first.clone() };
            config(&settings, verifier, alpn.clone(), &expiry)
        })?;
        Ok(Self { config, going: Arc::new(Going::new(limits.max_concurrent)), timeout: limits.timeout })
    }

    /// Shakes hands over a connection, with the certificates of now.
    ///
    /// # Errors
    /// Says what is wrong, and whose fault it is.
    pub async fn accept<IO>(&self, stream: IO) -> Result<TlsStream<IO>, HandshakeError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let ticket = self.going.begin();
        let shaking = timeout(self.timeout, TlsAcceptor::from(self.config.current()).accept(stream));
        tokio::select! {
            shaken = shaking => match shaken {
                Ok(shaken) => shaken.map_err(|error| failure::judge(&error)),
                Err(_) => Err(HandshakeError::slow(self.timeout)),
            },
            () = ticket.ended() => Err(HandshakeError::pushed_out()),
        }
    }
}

fn interval(settings: &ServerTlsSettings) -> Duration {
    let reloads_client_ca = settings.client_ca_file.is_some() && settings.client_ca_file_reload;
    match settings.reload_interval {
        Duration::ZERO if reloads_client_ca => DEFAULT_RELOAD_INTERVAL,
        interval => interval,
    }
}

/// The files of which a change counts.
fn watched(settings: &ServerTlsSettings) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if !settings.reload_interval.is_zero() {
        for pem in [&settings.identity.certificate, &settings.identity.key] {
            if let Pem::File(path) = pem {
                files.push(path.clone());
            }
        }
    }
    files.extend(settings.client_ca_file.iter().filter(|_| settings.client_ca_file_reload).cloned());
    files
}

/// Who checks the certificates of clients; `None`: nobody asks for them.
fn verifier(settings: &ServerTlsSettings) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
    let Some(path) = &settings.client_ca_file else { return Ok(None) };
    let roots = Arc::new(material::authorities(&Pem::File(path.clone()), "client_ca")?);
    match WebPkiClientVerifier::builder_with_provider(roots, settings.protocol.provider()).build() {
        Ok(verifier) => Ok(Some(verifier)),
        Err(error) => Err(TlsError::Protocol(error.to_string())),
    }
}

fn config(
    settings: &ServerTlsSettings,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
    alpn: Vec<Vec<u8>>,
    expiry: &Expiry,
) -> Result<ServerConfig, TlsError> {
    let builder = ServerConfig::builder_with_provider(settings.protocol.provider())
        .with_protocol_versions(&settings.protocol.versions())
        .map_err(|error| TlsError::Protocol(error.to_string()))?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let key = Arc::new(material::certified_key(&settings.identity)?);
    expiry.renew(&key.cert);
    let mut config = builder.with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key)));
    config.alpn_protocols = alpn;
    Ok(config)
}
