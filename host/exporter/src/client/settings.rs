use std::path::PathBuf;
use std::time::Duration;

/// How requests leave: the keys of the Collector's `otlp` exporter that concern its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSettings {
    /// How bodies are compressed.
    pub compression: Compression,
    /// Sent with every request. Names in any case; values printable ASCII.
    pub headers: Vec<(String, String)>,
    /// How long one attempt may take, connecting included; zero means without end.
    pub timeout: Duration,
    /// HTTP/2 pings; `None`: none are sent.
    pub keepalive: Option<Keepalive>,
    /// Encryption and whom to trust.
    pub tls: TlsSettings,
    /// What the server is called in `:authority`, when that is not the endpoint.
    pub authority: Option<String>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            compression: Compression::Gzip,
            headers: Vec::new(),
            timeout: Duration::from_secs(5),
            keepalive: None,
            tls: TlsSettings::default(),
            authority: None,
        }
    }
}

/// How the body of a request is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// Snappy's framing format, as the Collector's gRPC clients write it.
    Snappy,
}

/// HTTP/2 pings on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keepalive {
    /// After this long without a sign of life from the server, a ping is sent.
    pub time: Duration,
    /// How long the answer may take before the connection is closed.
    pub timeout: Duration,
    /// Whether pings are sent while no request is in flight.
    pub permit_without_stream: bool,
}

/// `tls`, with the Collector's names. The default is TLS that trusts the system's authorities.
///
/// Of each `_file` and `_pem` pair only one may be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// No TLS. An endpoint that begins with `https://`, and an authority given here, override it.
    pub insecure: bool,
    /// TLS with whoever answers: the server's certificate is not looked at.
    pub insecure_skip_verify: bool,
    /// PEM file of the authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// The same, as text.
    pub ca_pem: Option<String>,
    /// Whether the system's authorities are trusted beside the ones given.
    pub include_system_ca_certs_pool: bool,
    /// PEM file of our own certificate, for servers that ask for one.
    pub cert_file: Option<PathBuf>,
    /// The same, as text.
    pub cert_pem: Option<String>,
    /// PEM file of our certificate's private key.
    pub key_file: Option<PathBuf>,
    /// The same, as text.
    pub key_pem: Option<String>,
    /// The name that the server's certificate must be for, when that is not the endpoint's host.
    pub server_name_override: Option<String>,
}
