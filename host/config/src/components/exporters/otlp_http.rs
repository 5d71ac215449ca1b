use std::time::Duration;

use super::otlp::MAX_REQUEST_BYTES;
use super::{Queue, Retry};
use crate::components::auth::AuthBlock;
use crate::components::headers::Headers;
use crate::components::tls::ClientTls;
use crate::decode::{Block, Fields, Key, choice};
use crate::types::id::{ComponentId, Signal};
use crate::types::listen::split_address;
use crate::types::secret::Secret;

/// The `otlp_http` exporter.
#[derive(Clone, Debug, PartialEq)]
pub struct OtlpHttpExporter {
    /// The backend, `http://host:port` or `https://host`; see [`url`](Self::url).
    pub endpoint: String,
    /// Where traces are posted to in place of `endpoint`'s `/v1/traces`.
    pub traces_endpoint: String,
    /// The same for metrics.
    pub metrics_endpoint: String,
    /// The same for logs.
    pub logs_endpoint: String,
    /// How requests are written.
    pub encoding: HttpEncoding,
    /// How requests are compressed.
    pub compression: HttpCompression,
    /// How connections with `https://` are secured.
    pub tls: ClientTls,
    /// What is sent with every request.
    pub headers: Vec<(String, Secret)>,
    /// The extension that says what is shown with every request.
    pub auth: Option<ComponentId>,
    /// How long one attempt may take; zero: as long as it takes.
    pub timeout: Duration,
    /// The proxy that leads to the backend; its URL may have a password.
    pub proxy_url: Option<Secret>,
    /// How many connections are kept while no request is on them; zero: any number.
    pub max_idle_conns: usize,
    /// The same, for each server; zero: no bound of its own.
    pub max_idle_conns_per_host: usize,
    /// How long they are kept; zero: as long as the server does.
    pub idle_conn_timeout: Duration,
    /// Whether each connection is closed after one request.
    pub disable_keep_alives: bool,
    /// Whether HTTP/2 is spoken with servers that agree on it over TLS.
    pub force_attempt_http2: bool,
    /// A silent HTTP/2 connection is asked after so long whether it is still there; zero: never.
    pub http2_read_idle_timeout: Duration,
    /// How long the answer may take.
    pub http2_ping_timeout: Duration,
    /// How what could not be delivered is sent again.
    pub retry_on_failure: Retry,
    /// What waits to be sent.
    pub sending_queue: Queue,
    /// The largest request that is sent, in bytes of protobuf before compression.
    pub max_request_bytes: usize,
}

/// How requests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpEncoding {
    /// As protobuf.
    Proto,
    /// As OTLP/JSON.
    Json,
}

choice!(HttpEncoding: "proto" => Proto, "json" => Json);

/// How requests are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpCompression {
    /// Not at all.
    None,
    /// gzip, which every receiver understands.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Snappy's framing format.
    Snappy,
    /// The same by its newer name.
    SnappyFramed,
    /// LZ4's frame format.
    Lz4,
    /// zlib.
    Zlib,
    /// zlib, by HTTP's name for it.
    Deflate,
}

choice!(
    HttpCompression: "none" => None, "gzip" => Gzip, "zstd" => Zstd, "snappy" => Snappy,
    "x-snappy-framed" => SnappyFramed, "lz4" => Lz4, "zlib" => Zlib, "deflate" => Deflate,
);

impl Default for OtlpHttpExporter {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            traces_endpoint: String::new(),
            metrics_endpoint: String::new(),
            logs_endpoint: String::new(),
            encoding: HttpEncoding::Proto,
            compression: HttpCompression::Gzip,
            tls: ClientTls::default(),
            headers: Vec::new(),
            auth: None,
            timeout: Duration::from_secs(30),
            proxy_url: None,
            max_idle_conns: 100,
            max_idle_conns_per_host: 0,
            idle_conn_timeout: Duration::from_secs(90),
            disable_keep_alives: false,
            force_attempt_http2: true,
            http2_read_idle_timeout: Duration::ZERO,
            http2_ping_timeout: Duration::from_secs(15),
            retry_on_failure: Retry::default(),
            sending_queue: Queue::default(),
            max_request_bytes: MAX_REQUEST_BYTES,
        }
    }
}

impl OtlpHttpExporter {
    /// Where a signal is posted to: its own endpoint as it is, else `endpoint` with the path of the specification.
    #[must_use]
    pub fn url(&self, signal: Signal) -> Option<String> {
        let own = match signal {
            Signal::Traces => &self.traces_endpoint,
            Signal::Metrics => &self.metrics_endpoint,
            Signal::Logs => &self.logs_endpoint,
        };
        match (own.as_str(), self.endpoint.as_str()) {
            ("", "") => None,
            ("", endpoint) => Some(format!("{}/v1/{signal}", endpoint.strip_suffix('/').unwrap_or(endpoint))),
            (own, _) => Some(own.to_owned()),
        }
    }

    /// Whether all that is sent is secret on its way.
    pub(crate) fn has_tls(&self) -> bool {
        self.endpoints().iter().all(|(_, url)| url.is_empty() || url.starts_with("https://"))
    }

    fn endpoints(&self) -> [(&'static str, &str); 4] {
        [
            ("endpoint", &self.endpoint),
            ("traces_endpoint", &self.traces_endpoint),
            ("metrics_endpoint", &self.metrics_endpoint),
            ("logs_endpoint", &self.logs_endpoint),
        ]
    }

    fn check(&self, fields: &Fields<'_>) {
        let given = self.endpoints().into_iter().filter(|(_, url)| !url.is_empty());
        let shows_secret = self.auth.as_ref().is_some_and(|id| id.kind() != "headers_setter");
        for (key, url) in given.clone() {
            if let Err(message) = check_url(url) {
                fields.error(key, message);
            } else if shows_secret && !url.starts_with("https://") {
                fields.error("auth", format!("shows a secret, which {key} sends in the clear; use https://"));
            }
        }
        if given.count() == 0 {
            fields.error(
                "endpoint",
                "requires an endpoint; write for example `endpoint: https://backend:4318`, or one for a signal, \
                 `traces_endpoint`",
            );
        }
        if let Some(Err(message)) = self.proxy_url.as_ref().map(|url| check_proxy(url.expose())) {
            fields.error("proxy_url", message);
        }
        if let Some(headers) = fields.get("headers") {
            for (name, value) in headers.entries().unwrap_or_default() {
                if OURS.contains(&name.to_ascii_lowercase().as_str()) {
                    value.error("the exporter itself sets this header");
                }
            }
        }
        if self.tls.insecure && self.endpoints().iter().any(|(_, url)| url.starts_with("https://")) {
            fields.warning("tls", "insecure changes nothing: `https://` asks for TLS");
        }
    }
}

/// What the connection and the body are described by.
const OURS: [&str; 7] =
    ["host", "connection", "content-type", "content-encoding", "content-length", "transfer-encoding", "te"];

impl Block for OtlpHttpExporter {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "URL", "(one is required)", "the backend; `/v1/traces` and kin are added"),
        Key::new("traces_endpoint", "URL", "(none)", "where traces go instead, as it is"),
        Key::new("metrics_endpoint", "URL", "(none)", "where metrics go instead, as it is"),
        Key::new("logs_endpoint", "URL", "(none)", "where logs go instead, as it is"),
        Key::new("encoding", "`proto` or `json`", "proto", "how requests are written"),
        Key::new(
            "compression",
            "`none`, `gzip`, `zstd`, `snappy`, `x-snappy-framed`, `lz4`, `zlib` or `deflate`",
            "gzip",
            "how requests are compressed",
        ),
        Key::block("tls", ClientTls::KEYS),
        Key::new("headers", "names and values", "{}", "sent with every request; never shown"),
        Key::block("auth", AuthBlock::KEYS).optional(),
        Key::new("timeout", "duration", "30s", "for one attempt; 0: no limit"),
        Key::new(
            "proxy_url",
            "URL",
            "(none)",
            "an HTTP proxy, `http://[name:password@]host:port`; never shown",
        ),
        Key::new("max_idle_conns", "number", "100", "connections that are kept, to each server; 0: no bound"),
        Key::new("max_idle_conns_per_host", "number", "0", "the same; 0: as `max_idle_conns` says"),
        Key::new(
            "idle_conn_timeout",
            "duration",
            "90s",
            "how long they are kept; 0: as long as the server does",
        ),
        Key::new("disable_keep_alives", "true or false", "false", "close each connection after one request"),
        Key::new(
            "force_attempt_http2",
            "true or false",
            "true",
            "HTTP/2 where a server agrees on it over TLS",
        ),
        Key::new("http2_read_idle_timeout", "duration", "0s", "ask a silent HTTP/2 connection; 0: never"),
        Key::new("http2_ping_timeout", "duration", "15s", "time for its answer"),
        Key::block("retry_on_failure", Retry::KEYS),
        Key::block("sending_queue", Queue::KEYS),
        Key::new(
            "max_request_bytes",
            "bytes",
            "4128768",
            "cut what is larger, as protobuf, before compression",
        )
        .own(),
        Key::inert("compression_params", "the level is the fastest one of each form"),
        Key::inert("read_buffer_size", "buffers grow and shrink with the traffic"),
        Key::inert("write_buffer_size", "buffers grow and shrink with the traffic"),
        Key::refused("max_conns_per_host", "`sending_queue::num_consumers` bounds what is sent at a time"),
        Key::refused("cookies", "the exporter keeps no cookies; a set one can be sent by `headers`"),
        Key::refused("profiles_endpoint", "profiles are not served"),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("traces_endpoint", &mut self.traces_endpoint);
        fields.read("metrics_endpoint", &mut self.metrics_endpoint);
        fields.read("logs_endpoint", &mut self.logs_endpoint);
        fields.read("encoding", &mut self.encoding);
        fields.read("compression", &mut self.compression);
        fields.read("tls", &mut self.tls);
        fields.read("headers", &mut Headers(&mut self.headers));
        fields.read("auth", &mut AuthBlock(&mut self.auth));
        fields.read("timeout", &mut self.timeout);
        fields.read("proxy_url", &mut self.proxy_url);
        self.proxy_url = self.proxy_url.take().filter(|url| !url.expose().is_empty());
        fields.read("max_idle_conns", &mut self.max_idle_conns);
        fields.read("max_idle_conns_per_host", &mut self.max_idle_conns_per_host);
        fields.read("idle_conn_timeout", &mut self.idle_conn_timeout);
        fields.read("disable_keep_alives", &mut self.disable_keep_alives);
        fields.read("force_attempt_http2", &mut self.force_attempt_http2);
        fields.read("http2_read_idle_timeout", &mut self.http2_read_idle_timeout);
        fields.read("http2_ping_timeout", &mut self.http2_ping_timeout);
        fields.read("retry_on_failure", &mut self.retry_on_failure);
        fields.read("sending_queue", &mut self.sending_queue);
        fields.read("max_request_bytes", &mut self.max_request_bytes);
        fields.refuse_zero("max_request_bytes", self.max_request_bytes == 0);
        self.check(fields);
    }
}

pub(super) fn check_url(url: &str) -> Result<(), String> {
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme))
    else {
        return Err("is no URL; it starts with `http://` or `https://`".to_owned());
    };
    let address = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if address.contains('@') {
        return Err("has a name before the host; name an extension in `auth` instead".to_owned());
    }
    if url.contains(char::is_whitespace) {
        return Err("has white space in it".to_owned());
    }
    match split_address(address)? {
        ("", _) => Err("names no host".to_owned()),
        (_, Some(0)) => Err("has port 0, which nobody listens on".to_owned()),
        _ => Ok(()),
    }
}

/// It may have a password, so that no message repeats it.
fn check_proxy(url: &str) -> Result<(), String> {
    let Some(rest) = url.strip_prefix("http://") else {
        return Err("is not served; write `http://host:port` of an HTTP proxy".to_owned());
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let address = rest.rsplit('@').next().unwrap_or_default();
    let is_good = !address.is_empty()
        && !address.contains(['/', '?', '#'])
        && split_address(address).is_ok_and(|(host, port)| !host.is_empty() && port != Some(0));
    if is_good {
        Ok(())
    } else {
        Err("is no proxy; write `http://host:port`, with nothing behind it".to_owned())
    }
}
