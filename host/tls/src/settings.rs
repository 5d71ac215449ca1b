use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How often files are looked at where nothing else is said. The Collector's default is never.
pub const DEFAULT_RELOAD_INTERVAL: Duration = Duration::from_secs(10);

/// Certificates or a key, in PEM.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// In a file, which may change.
    File(PathBuf),
    /// Written into the configuration.
    Text(String),
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, and after it the ones between it and its authority.
    pub certificate: Pem,
    /// Its private key: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: Pem,
}

/// What of TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// The least version.
    pub min_version: Version,
    /// The highest version.
    pub max_version: Version,
    /// The suites of TLS 1.2; all when empty. Those of TLS 1.3 cannot be chosen, as in the Collector.
    pub cipher_suites: Vec<CipherSuite>,
    /// Curves for the key exchange, the preferred one first; all when empty.
    pub curve_preferences: Vec<Curve>,
}

/// `tls` of a client. The default trusts the system's authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTlsSettings {
    /// No TLS. An authority given here, or an endpoint that asks for TLS itself, overrides it.
    pub insecure: bool,
    /// TLS with whoever answers: the server's certificate is not looked at.
    pub insecure_skip_verify: bool,
    /// The authorities to trust in place of the system's.
    pub authorities: Option<Pem>,
    /// Whether the system's authorities are trusted beside the ones given.
    pub include_system_ca_certs_pool: bool,
    /// Our own certificate, for servers that ask for one.
    pub identity: Option<Identity>,
    /// The name that the server's certificate must be for, when that is not the endpoint's host.
    pub server_name_override: Option<String>,
    /// What of TLS is spoken.
    pub protocol: Protocol,
    /// How often files are looked at; zero: never again.
    pub reload_interval: Duration,
}

/// `tls` of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTlsSettings {
    /// What clients are shown.
    pub identity: Identity,
    /// File of the authorities of which one must have signed each client's certificate; without it, clients
    /// need none.
    pub client_ca_file: Option<PathBuf>,
    /// Whether that file is looked at again, too.
    pub client_ca_file_reload: bool,
    /// What of TLS is spoken.
    pub protocol: Protocol,
    /// How often files are looked at; zero: never again, but for a `client_ca_file` that is to be reloaded.
    pub reload_interval: Duration,
}

/// A version of TLS. There is nothing below 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// A cipher suite of TLS 1.2: ECDHE with this signature and this cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipherSuite {
    /// ECDSA, AES-128-GCM.
    EcdsaAes128,
    /// ECDSA, AES-256-GCM.
    EcdsaAes256,
    /// ECDSA, ChaCha20-Poly1305.
    EcdsaChaCha20,
    /// RSA, AES-128-GCM.
    RsaAes128,
    /// RSA, AES-256-GCM.
    RsaAes256,
    /// RSA, ChaCha20-Poly1305.
    RsaChaCha20,
}

/// A curve for the key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Curve25519.
    X25519,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text(_) => f.write_str("[REDACTED]"),
        }
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            min_version: Version::V1_2,
            max_version: Version::V1_3,
            cipher_suites: Vec::new(),
            curve_preferences: Vec::new(),
        }
    }
}

impl Default for ClientTlsSettings {
    fn default() -> Self {
        Self {
            insecure: false,
            insecure_skip_verify: false,
            authorities: None,
            include_system_ca_certs_pool: false,
            identity: None,
            server_name_override: None,
            protocol: Protocol::default(),
            reload_interval: DEFAULT_RELOAD_INTERVAL,
        }
    }
}

impl ServerTlsSettings {
    /// A server that shows this certificate to anybody.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            client_ca_file: None,
            client_ca_file_reload: true,
            protocol: Protocol::default(),
            reload_interval: DEFAULT_RELOAD_INTERVAL,
        }
    }
}
