//! The client's side of a handshake.

mod explain;
mod trust;
mod unverified;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use sluice_watched::{Watch, Watched};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::expiry::Expiry;
use crate::{Alpn, CERTIFICATES, ClientTlsSettings, Pem, TlsError, alpn, material};

/// The TLS of one client component, for all its connections. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct ClientTls {
    shared: Arc<Shared>,
    /// `None` where the settings ask for no TLS.
    config: Option<Arc<Watched<ClientConfig>>>,
}

#[derive(Debug)]
struct Shared {
    owner: String,
    settings: ClientTlsSettings,
    alpn: Vec<Alpn>,
}

/// What leads to one server.
#[derive(Clone, Debug)]
pub struct ClientConnector {
    config: Arc<Watched<ClientConfig>>,
    name: ServerName<'static>,
    /// Whether the server has to agree on a protocol.
    needs_alpn: bool,
}

impl ClientTls {
    /// Reads what the settings name. `owner` is the place of the settings, for the log; `alpn` are the protocols
    /// to agree on, the preferred one first. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(owner: &str, settings: ClientTlsSettings, alpn: &[Alpn]) -> Result<Self, TlsError> {
        let shared = Arc::new(Shared { owner: owner.to_owned(), settings, alpn: alpn.to_vec() });
        // The Collector's rule.
        let is_off = shared.settings.insecure && shared.settings.authorities.is_none();
        if let Some(name) = shared.settings.server_name_override.as_deref() {
            server_name(name)?;
        }
        let config = if is_off { None } else { Some(watched_config(&shared)?) };
        Ok(Self { shared, config })
    }

    /// No TLS, unless an endpoint asks for it itself.
    #[must_use]
    pub fn insecure(alpn: &[Alpn]) -> Self {
        let settings = ClientTlsSettings { insecure: true, ..ClientTlsSettings::default() };
        let shared = Shared { owner: String::new(), settings, alpn: alpn.to_vec() };
        Self { shared: Arc::new(shared), config: None }
    }

    /// The name that is used in place of the endpoint's.
    #[must_use]
    pub fn server_name_override(&self) -> Option<&str> {
        self.shared.settings.server_name_override.as_deref()
    }

    /// What leads to the server at `host`; `None`: it is spoken to without TLS. `wants_tls`: the endpoint itself
    /// asks for TLS (`https://`).
    ///
    /// # Errors
    /// When the host is no name that a certificate could be for.
    pub fn connector(&self, host: &str, wants_tls: bool) -> Result<Option<ClientConnector>, TlsError> {
        let config = match &self.config {
            Some(config) => Arc::clone(config),
            None if wants_tls => watched_config(&self.shared)?,
            None => return Ok(None),
        };
        let name = server_name(self.server_name_override().unwrap_or(host))?;
        // With a choice, a server that does not choose speaks the oldest one.
        let needs_alpn = self.shared.alpn == [Alpn::H2];
        Ok(Some(ClientConnector { config, name, needs_alpn }))
    }
}

impl ClientConnector {
    /// Shakes hands over a connection, with the certificates of now. The caller bounds the time.
    ///
    /// # Errors
    /// Says what is wrong, and which key may help.
    pub async fn connect<IO>(&self, stream: IO) -> io::Result<TlsStream<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = TlsConnector::from(self.config.current());
        let stream =
            connector.connect(self.name.clone(), stream).await.map_err(|error| explain::explain(&error))?;
        let (_, session) = stream.get_ref();
        if self.needs_alpn && session.alpn_protocol().is_none() {
            return Err(io::Error::other(
                "the server does not speak HTTP/2 over TLS (it did not agree on h2)",
            ));
        }
        Ok(stream)
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, TlsError> {
    // An IPv6 address stands in brackets where a port may follow.
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::ServerName(host.to_owned()))
}

fn watched_config(shared: &Arc<Shared>) -> Result<Arc<Watched<ClientConfig>>, TlsError> {
    let settings = &shared.settings;
    let identity = settings.identity.as_ref();
    let named = [settings.authorities.as_ref(), identity.map(|i| &i.certificate), identity.map(|i| &i.key)];
    let files = named.into_iter().flatten().filter_map(file).collect();
    let made = Arc::clone(shared);
    let watch = Watch {
        component: shared.owner.clone(),
        what: CERTIFICATES,
        interval: settings.reload_interval,
        files,
    };
    let expiry = identity.map(|_| Expiry::watch(&shared.owner));
    Watched::start(watch, move || config(&made, expiry.as_deref()))
}

fn file(pem: &Pem) -> Option<PathBuf> {
    match pem {
        Pem::File(path) => Some(path.clone()),
        Pem::Text(_) => None,
    }
}

fn config(shared: &Shared, expiry: Option<&Expiry>) -> Result<ClientConfig, TlsError> {
    let settings = &shared.settings;
    let builder = ClientConfig::builder_with_provider(settings.protocol.provider())
        .with_protocol_versions(&settings.protocol.versions())
        .map_err(|error| TlsError::Protocol(error.to_string()))?;
    let builder = trust::trusting(builder, settings)?;
    let mut config = match &settings.identity {
        Some(identity) => {
            let key = Arc::new(material::certified_key(identity)?);
            if let Some(expiry) = expiry {
                expiry.renew(&key.cert);
            }
            builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key)))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = alpn::ids(&shared.alpn);
    Ok(config)
}
