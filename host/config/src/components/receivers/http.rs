use std::time::Duration;

use super::cors::Cors;
use crate::components::auth::AuthBlock;
use crate::components::headers::Headers;
use crate::components::tls::ServerTls;
use crate::decode::{Block, Fields, Key, Node};
use crate::types::id::ComponentId;
use crate::types::listen::Listen;
use crate::types::secret::Secret;
use crate::yaml::value::Value;

/// An OTLP/HTTP server.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpServer {
    /// Where it listens.
    pub endpoint: Listen,
    /// Where traces are posted to.
    pub traces_url_path: String,
    /// Where logs are posted to.
    pub logs_url_path: String,
    /// Where metrics are posted to.
    pub metrics_url_path: String,
    /// The largest body that it takes, in bytes after decompression.
    pub max_request_body_size: usize,
    /// What `content-encoding` may say; an empty word is a body as it is.
    pub compression_algorithms: Vec<String>,
    /// How connections are secured; they are not without it.
    pub tls: Option<ServerTls>,
    /// The extension that says who may send.
    pub auth: Option<ComponentId>,
    /// What scripts of other sites may do.
    pub cors: Cors,
    /// Headers of every answer.
    pub response_headers: Vec<(String, Secret)>,
    /// How long the body of a request may take to arrive; none: as long as it takes.
    pub read_timeout: Option<Duration>,
    /// The same for its head.
    pub read_header_timeout: Option<Duration>,
    /// How long a client may take nothing of an answer.
    pub write_timeout: Option<Duration>,
    /// A connection without requests for so long is closed.
    pub idle_timeout: Option<Duration>,
    /// Whether a connection serves more than one request.
    pub keep_alives_enabled: bool,
    /// Connections that are held at a time; further ones are closed at once.
    pub max_connections: usize,
    /// Bytes of all requests in flight, compressed and decompressed; beyond them, senders are told to wait.
    pub max_in_flight_bytes: usize,
}

/// What `compression_algorithms` may name.
const ALGORITHMS: [&str; 8] = ["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4", "x-snappy-framed"];

impl Default for HttpServer {
    fn default() -> Self {
        let minute = Some(Duration::from_secs(60));
        Self {
            endpoint: Listen::by_default("localhost", 4318),
            traces_url_path: "/v1/traces".to_owned(),
            logs_url_path: "/v1/logs".to_owned(),
            metrics_url_path: "/v1/metrics".to_owned(),
            max_request_body_size: 64 * 1024 * 1024,
            compression_algorithms: ALGORITHMS[..7].iter().map(|name| (*name).to_owned()).collect(),
            tls: None,
            auth: None,
            cors: Cors::default(),
            response_headers: Vec::new(),
            read_timeout: minute,
            read_header_timeout: minute,
            write_timeout: Some(Duration::from_secs(30)),
            idle_timeout: minute,
            keep_alives_enabled: true,
            max_connections: 4_096,
            max_in_flight_bytes: 512 * 1024 * 1024,
        }
    }
}

impl Block for HttpServer {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "address", "localhost:4318", "where to listen; `0.0.0.0:4318` for everywhere"),
        Key::new("transport", "`tcp`", "tcp", "only TCP so far"),
        Key::new("traces_url_path", "path", "/v1/traces", "where traces are posted to"),
        Key::new("logs_url_path", "path", "/v1/logs", "where logs are posted to"),
        Key::new("metrics_url_path", "path", "/v1/metrics", "where metrics are posted to"),
        Key::new(
            "max_request_body_size",
            "bytes",
            "67108864",
            "largest body, before and after decompression; 0: the default",
        ),
        Key::new(
            "compression_algorithms",
            "list of words",
            "['', gzip, zstd, zlib, snappy, deflate, lz4]",
            "what `content-encoding` may say; `''`: a body as it is",
        ),
        Key::block("cors", Cors::KEYS),
        Key::new("response_headers", "block of text", "{}", "headers of every answer"),
        Key::new(
            "read_timeout",
            "duration",
            "60s",
            "how long a body may take to arrive; 0: as long as it takes",
        ),
        Key::new("read_header_timeout", "duration", "60s", "the same for the head of a request"),
        Key::new(
            "write_timeout",
            "duration",
            "30s",
            "how long a client may take nothing of an answer; 0: any time",
        ),
        Key::new("idle_timeout", "duration", "60s", "close a connection without requests; 0: never"),
        Key::new(
            "keep_alives_enabled",
            "true or false",
            "true",
            "whether a connection serves more than one request",
        ),
        Key::new("max_connections", "number", "4096", "further connections are closed at once").own(),
        Key::new("max_in_flight_bytes", "bytes", "536870912", "of all requests; then senders wait").own(),
        Key::inert("include_metadata", "plugins can always read the headers of a request"),
        Key::block("tls", ServerTls::KEYS),
        Key::block("auth", AuthBlock::KEYS),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("traces_url_path", &mut self.traces_url_path);
        fields.read("logs_url_path", &mut self.logs_url_path);
        fields.read("metrics_url_path", &mut self.metrics_url_path);
        fields.read("max_request_body_size", &mut self.max_request_body_size);
        fields.read("compression_algorithms", &mut self.compression_algorithms);
        fields.read("tls", &mut self.tls);
        fields.read("auth", &mut AuthBlock(&mut self.auth));
        fields.read("cors", &mut self.cors);
        fields.read("response_headers", &mut Headers(&mut self.response_headers));
        fields.read("read_timeout", &mut self.read_timeout);
        fields.read("read_header_timeout", &mut self.read_header_timeout);
        fields.read("write_timeout", &mut self.write_timeout);
        fields.read("idle_timeout", &mut self.idle_timeout);
        fields.read("keep_alives_enabled", &mut self.keep_alives_enabled);
        fields.read("max_connections", &mut self.max_connections);
        fields.read("max_in_flight_bytes", &mut self.max_in_flight_bytes);
        fields.refuse_zero("max_connections", self.max_connections == 0);
        fields.refuse_zero("max_in_flight_bytes", self.max_in_flight_bytes == 0);
        if self.max_request_body_size == 0 {
            self.max_request_body_size = Self::default().max_request_body_size;
        }
        for limit in [
            &mut self.read_timeout,
            &mut self.read_header_timeout,
            &mut self.write_timeout,
            &mut self.idle_timeout,
        ] {
            *limit = limit.filter(|duration| !duration.is_zero());
        }
        super::check_transport(fields);
        self.check_paths(fields);
        self.check_algorithms(fields);
        if let Some(headers) = fields.get("response_headers") {
            check_response_headers(headers);
        }
    }
}

/// What every answer has by itself, and what would break it.
const OWN_HEADERS: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn check_response_headers(headers: &Node<'_>) {
    let Value::Map(entries) = headers.value.resolved() else { return };
    for (name, _) in entries {
        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            headers.context.error(&headers.place.key(name), "the server itself uses this header");
        }
    }
}

impl HttpServer {
    /// Two signals at one path cannot be told apart.
    fn check_paths(&self, fields: &Fields<'_>) {
        let paths = [
            ("traces_url_path", &self.traces_url_path),
            ("logs_url_path", &self.logs_url_path),
            ("metrics_url_path", &self.metrics_url_path),
        ];
        for (number, (key, path)) in paths.iter().enumerate() {
            let is_path = !path.is_empty()
                && path.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
                && !path.contains(['?', '#']);
            if !is_path {
                fields.error(key, format!("`{path}` is no path of a URL; write one like `/v1/traces`"));
            }
            let same =
                |(_, other): &&(&str, &String)| other.trim_start_matches('/') == path.trim_start_matches('/');
            if let Some((other, _)) = paths[..number].iter().find(same) {
                fields.error(
                    key,
                    format!("`{key}` is the same as `{other}`; each signal has a path of its own"),
                );
            }
        }
    }

    fn check_algorithms(&self, fields: &Fields<'_>) {
        for name in &self.compression_algorithms {
            if !ALGORITHMS.contains(&name.as_str()) {
                let known = ALGORITHMS.join(", ");
                let message = format!("`{name}` is not served; there are `''` for none{known}");
                fields.error("compression_algorithms", message);
            }
        }
    }
}
