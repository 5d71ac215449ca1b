use std::time::Duration;

use sluice_auth::ServerAuth;
use sluice_tls::ServerTls;

/// One MiB.
const MIB: usize = 1024 * 1024;

/// `receivers.otlp.protocols.grpc`, and what bounds it beside.
///
/// Of the Collector's keys, `transport` can only be `tcp`, and `keepalive.enforcement_policy` has nothing to
/// enforce: pings are answered one at a time and cost no memory, so that no client has to be punished.
#[derive(Clone, Debug)]
pub struct GrpcSettings {
    /// Where to listen: `host:port`.
    pub endpoint: String,
    /// The largest message, in MiB after decompression.
    pub max_recv_msg_size_mib: u32,
    /// Requests that one connection may have open at a time; further ones wait in the client.
    ///
    /// The Collector sets no limit. Ours is large, since a gateway in front of us sends everything over
    /// one connection, and answers may wait for a batch to fill: 100 requests that wait 200 ms would be
    /// 500 a second. What a stream can cost is bounded by `max_in_flight_bytes`, not by this.
    pub max_concurrent_streams: u32,
    /// Bytes read at a time, and the largest HTTP/2 frame that a client may send: 16 KiB to 16 MiB. A
    /// message that comes in one frame is not copied.
    pub read_buffer_size: u32,
    /// Bytes that may wait to be sent, per request. Replies are small.
    pub write_buffer_size: usize,
    /// How connections are secured; `None`: they are not.
    pub tls: Option<ServerTls>,
    /// Who may send; `None`: anybody.
    pub auth: Option<ServerAuth>,
    /// `keepalive.server_parameters`.
    pub keepalive: ServerParameters,
    /// Connections that are held at a time; further ones are closed at once.
    pub max_connections: usize,
    /// Bytes of all requests that are being read or consumed, compressed and decompressed; at least twice
    /// the largest message. Beyond it, requests are answered `UNAVAILABLE` with `RetryInfo`.
    pub max_in_flight_bytes: usize,
    /// How long a request's message may take to arrive.
    pub read_timeout: Duration,
}

/// How long connections live, and how dead ones are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerParameters {
    /// A connection without requests for this long is closed. Default: never.
    pub max_connection_idle: Option<Duration>,
    /// A connection is closed after this long, so that clients spread over new instances. Default: never.
    pub max_connection_age: Option<Duration>,
    /// How long a connection that is too old may still finish its requests. Default: as long as it takes.
    pub max_connection_age_grace: Option<Duration>,
    /// How long a connection may be silent before the client is pinged. The Collector's default is two
    /// hours; ours frees the memory of clients that vanished within a minute or two.
    pub time: Duration,
    /// How long the client may take to answer the ping before the connection is closed.
    pub timeout: Duration,
}

impl Default for GrpcSettings {
    fn default() -> Self {
        Self {
            endpoint: "localhost:4317".to_owned(),
            max_recv_msg_size_mib: 64,
            max_concurrent_streams: 1024,
            read_buffer_size: 512 * 1024,
            write_buffer_size: 32 * 1024,
            tls: None,
            auth: None,
            keepalive: ServerParameters::default(),
            max_connections: 4096,
            max_in_flight_bytes: 512 * MIB,
            read_timeout: Duration::from_secs(60),
        }
    }
}

impl Default for ServerParameters {
    fn default() -> Self {
        Self {
            max_connection_idle: None,
            max_connection_age: None,
            max_connection_age_grace: None,
            time: Duration::from_secs(60),
            timeout: Duration::from_secs(20),
        }
    }
}

impl GrpcSettings {
    /// The largest message in bytes.
    pub(crate) fn max_message_bytes(&self) -> usize {
        usize::try_from(self.max_recv_msg_size_mib).unwrap_or(usize::MAX).saturating_mul(MIB)
    }
}
