use std::time::Duration;

use sluice_auth::ClientAuth;
use sluice_tls::ClientTls;

use crate::client::compress::Form;

/// How requests leave: the keys of the Collector's `otlp` exporter that concern its connection.
#[derive(Clone, Debug)]
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
    pub tls: ClientTls,
    /// What shows the server who we are, in each request; only with TLS, since it is a secret.
    pub auth: Option<ClientAuth>,
    /// What the server is called in `:authority`, when that is not the endpoint.
    pub authority: Option<String>,
    /// What is made of a name with several addresses.
    pub balancer: Balancer,
}

impl ClientSettings {
    /// The Collector's defaults, over connections of this kind.
    #[must_use]
    pub fn new(tls: ClientTls) -> Self {
        Self {
            compression: Compression::Gzip,
            headers: Vec::new(),
            timeout: Duration::from_secs(5),
            keepalive: None,
            tls,
            auth: None,
            authority: None,
            balancer: Balancer::RoundRobin,
        }
    }
}

/// What is made of a name with several addresses. Whichever it is, the name is looked up again when a connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer {
    /// A connection to each, which take turns.
    RoundRobin,
    /// A connection to one of them.
    PickFirst,
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

impl Compression {
    pub(super) const fn form(self) -> Option<Form> {
        match self {
            Self::None => None,
            Self::Gzip => Some(Form::Gzip),
            Self::Zstd => Some(Form::Zstd),
            Self::Snappy => Some(Form::Snappy),
        }
    }
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
