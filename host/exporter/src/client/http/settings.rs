use std::time::Duration;

use sluice_auth::ClientAuth;
use sluice_tls::ClientTls;

use crate::client::compress::Form;

/// How requests leave: the keys of the Collector's `otlp_http` exporter that concern its connections.
#[derive(Clone, Debug)]
pub struct HttpClientSettings {
    /// How bodies are written.
    pub encoding: Encoding,
    /// How bodies are compressed.
    pub compression: HttpCompression,
    /// Sent with every request. Names in any case; values printable ASCII.
    pub headers: Vec<(String, String)>,
    /// How long one attempt may take, connecting included; zero means without end.
    pub timeout: Duration,
    /// Whom to trust, where the URL is `https://`.
    pub tls: ClientTls,
    /// What shows the server who we are, in each request; only with TLS, since it is a secret.
    pub auth: Option<ClientAuth>,
    /// `http://[name:password@]host:port` of a proxy.
    pub proxy_url: Option<String>,
    /// Connections that are kept while no request is on them; zero: each is closed after its request.
    pub max_idle_connections: usize,
    /// How long they are kept; zero: as long as the server does.
    pub idle_timeout: Duration,
    /// HTTP/2 pings on a connection that is silent for so long; zero: none.
    pub http2_read_idle_timeout: Duration,
    /// How long the answer to a ping may take.
    pub http2_ping_timeout: Duration,
}

impl HttpClientSettings {
    /// The Collector's defaults, over connections of this kind.
    #[must_use]
    pub fn new(tls: ClientTls) -> Self {
        Self {
            encoding: Encoding::Proto,
            compression: HttpCompression::Gzip,
            headers: Vec::new(),
            timeout: Duration::from_secs(30),
            tls,
            auth: None,
            proxy_url: None,
            max_idle_connections: 100,
            idle_timeout: Duration::from_secs(90),
            http2_read_idle_timeout: Duration::ZERO,
            http2_ping_timeout: Duration::from_secs(15),
        }
    }
}

/// How the body of a request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As the wire bytes that we have.
    Proto,
    /// As OTLP/JSON.
    Json,
}

/// How the body of a request is compressed; the words are those of `Content-Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpCompression {
    /// Not at all.
    None,
    /// `gzip`.
    Gzip,
    /// `zlib`, which is what HTTP calls deflate.
    Zlib,
    /// `deflate`.
    Deflate,
    /// `zstd`.
    Zstd,
    /// `snappy`, in its framing format, as the Collector's clients write it.
    Snappy,
    /// `x-snappy-framed`, the same by its newer name.
    SnappyFramed,
    /// `lz4`, in its frame format.
    Lz4,
}

impl HttpCompression {
    /// The form, and its word.
    pub(super) const fn form(self) -> Option<(Form, &'static str)> {
        match self {
            Self::None => None,
            Self::Gzip => Some((Form::Gzip, "gzip")),
            Self::Zlib => Some((Form::Zlib, "zlib")),
            Self::Deflate => Some((Form::Zlib, "deflate")),
            Self::Zstd => Some((Form::Zstd, "zstd")),
            Self::Snappy => Some((Form::Snappy, "snappy")),
            Self::SnappyFramed => Some((Form::Snappy, "x-snappy-framed")),
            Self::Lz4 => Some((Form::Lz4, "lz4")),
        }
    }
}
