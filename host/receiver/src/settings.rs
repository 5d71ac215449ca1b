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

/// `receivers.otlp.protocols.http`, and what bounds it beside.
///
/// Of the Collector's keys, `include_metadata` changes nothing: the headers of a request are always known.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Where to listen: `host:port`.
    pub endpoint: String,
    /// Where traces are posted to.
    pub traces_url_path: String,
    /// Where logs are posted to.
    pub logs_url_path: String,
    /// Where metrics are posted to.
    pub metrics_url_path: String,
    /// The largest body in bytes, before and after decompression, and as protobuf where it came as JSON.
    pub max_request_body_size: usize,
    /// The names that `content-encoding` may have, of `gzip`, `zstd`, `zlib`, `deflate`, `snappy`,
    /// `lz4` and `x-snappy-framed`; an empty one is a body as it is.
    pub compression_algorithms: Vec<String>,
    /// How connections are secured; `None`: they are not.
    pub tls: Option<ServerTls>,
    /// Who may send; `None`: anybody.
    pub auth: Option<ServerAuth>,
    /// What scripts of other sites may do.
    pub cors: CorsSettings,
    /// Headers that every answer has besides its own.
    pub response_headers: Vec<(String, String)>,
    /// How long a request's body may take to arrive; none is as long as it takes.
    pub read_timeout: Option<Duration>,
    /// How long the head of a request may take, from its first byte on; none is as long as it takes.
    pub read_header_timeout: Option<Duration>,
    /// How long a client may take nothing of an answer; none is as long as it takes.
    pub write_timeout: Option<Duration>,
    /// A connection without requests for this long is closed; none is never.
    pub idle_timeout: Option<Duration>,
    /// Whether a connection serves more than one request; HTTP/2 always does.
    pub keep_alives_enabled: bool,
    /// Connections that are held at a time; further ones are closed at once.
    pub max_connections: usize,
    /// Bytes of all requests that are being read or consumed, compressed and decompressed; at least twice
    /// the largest body. Beyond it, requests are answered 503 with `Retry-After`.
    pub max_in_flight_bytes: usize,
}

/// `cors` of an HTTP server. Without an origin there is none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsSettings {
    /// `https://a.example`, `https://*.example`, or `*` for all.
    pub allowed_origins: Vec<String>,
    /// Headers that a script may send; `*` for all. Empty: `Accept`, `Content-Type`, `Origin`,
    /// `X-Requested-With`.
    pub allowed_headers: Vec<String>,
    /// Headers of an answer that a script may see.
    pub exposed_headers: Vec<String>,
    /// Seconds for which a browser may remember what it was told; 0 leaves it to the browser.
    pub max_age: u32,
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

impl Default for HttpSettings {
    fn default() -> Self {
        let minute = Some(Duration::from_secs(60));
        Self {
            endpoint: "localhost:4318".to_owned(),
            traces_url_path: "/v1/traces".to_owned(),
            logs_url_path: "/v1/logs".to_owned(),
            metrics_url_path: "/v1/metrics".to_owned(),
            max_request_body_size: 64 * MIB,
            compression_algorithms: ["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4"]
                .map(str::to_owned)
                .into(),
            tls: None,
            auth: None,
            cors: CorsSettings::default(),
            response_headers: Vec::new(),
            read_timeout: minute,
            read_header_timeout: minute,
            write_timeout: Some(Duration::from_secs(30)),
            idle_timeout: minute,
            keep_alives_enabled: true,
            max_connections: 4096,
            max_in_flight_bytes: 512 * MIB,
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
