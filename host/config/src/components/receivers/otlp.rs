use std::time::Duration;

use crate::decode::{Block, Fields, Key};
use crate::types::listen::Listen;

/// The `otlp` receiver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtlpReceiver {
    /// OTLP over gRPC; the only protocol so far, so it is there in every valid configuration.
    pub grpc: Option<GrpcServer>,
}

/// A gRPC server.
#[derive(Clone, Debug, PartialEq)]
pub struct GrpcServer {
    /// Where it listens.
    pub endpoint: Listen,
    /// The largest message that it takes, in MiB after decompression.
    pub max_recv_msg_size_mib: u32,
    /// Requests in flight on one connection.
    pub max_concurrent_streams: u32,
    /// Bytes that are read from a connection at a time.
    pub read_buffer_size: u32,
    /// Bytes that may wait to be sent, for each request.
    pub write_buffer_size: usize,
    /// How connections are kept and ended.
    pub keepalive: ServerKeepalive,
}

/// How a server keeps and ends its connections.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerKeepalive {
    /// A connection without requests for so long is closed.
    pub max_connection_idle: Option<Duration>,
    /// A connection that is so old is closed, so that clients spread again over all gateways.
    pub max_connection_age: Option<Duration>,
    /// What requests in flight get beyond that age.
    pub max_connection_age_grace: Option<Duration>,
    /// A connection that is silent for so long is asked whether it is still there.
    pub time: Duration,
    /// How long the answer may take.
    pub timeout: Duration,
}

impl Default for GrpcServer {
    fn default() -> Self {
        Self {
            endpoint: Listen::by_default("localhost", 4317),
            max_recv_msg_size_mib: 64,
            max_concurrent_streams: 1_024,
            read_buffer_size: 512 * 1024,
            write_buffer_size: 32 * 1024,
            keepalive: ServerKeepalive::default(),
        }
    }
}

impl Default for ServerKeepalive {
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

impl Block for OtlpReceiver {
    const KEYS: &'static [Key] = &[Key::block("protocols", Protocols::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut protocols = Protocols::default();
        fields.read("protocols", &mut protocols);
        if protocols.given == 0 {
            fields.error("protocols", "must specify at least one protocol; write `protocols: {grpc: {}}`");
        }
        self.grpc = protocols.grpc;
    }
}

#[derive(Default)]
struct Protocols {
    grpc: Option<GrpcServer>,
    given: usize,
}

impl Block for Protocols {
    const KEYS: &'static [Key] = &[
        Key::block("grpc", GrpcServer::KEYS),
        Key::refused("http", "OTLP/HTTP comes with a later release; remove the block and send OTLP/gRPC"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.given = fields.given();
        fields.read("grpc", &mut self.grpc);
    }
}

impl Block for GrpcServer {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "address", "localhost:4317", "where to listen; `0.0.0.0:4317` for everywhere"),
        Key::new("transport", "`tcp`", "tcp", "only TCP so far"),
        Key::new("max_recv_msg_size_mib", "MiB", "64", "largest message, after decompression"),
        Key::new(
            "max_concurrent_streams",
            "number",
            "1024",
            "requests in flight on a connection; 0: any number",
        ),
        Key::block("keepalive", KeepaliveBlock::KEYS),
        Key::new("read_buffer_size", "bytes", "524288", "read from a connection at a time"),
        Key::new("write_buffer_size", "bytes", "32768", "may wait to be sent, for each request"),
        Key::inert("include_metadata", "routing keys can always read the headers of a request"),
        Key::refused("tls", "TLS for receivers comes with a later release"),
        Key::refused("auth", "authentication comes with a later release"),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("max_recv_msg_size_mib", &mut self.max_recv_msg_size_mib);
        fields.read("max_concurrent_streams", &mut self.max_concurrent_streams);
        fields.read("read_buffer_size", &mut self.read_buffer_size);
        fields.read("write_buffer_size", &mut self.write_buffer_size);
        fields.read("keepalive", &mut KeepaliveBlock(&mut self.keepalive));
        if self.max_recv_msg_size_mib == 0 {
            self.max_recv_msg_size_mib = Self::default().max_recv_msg_size_mib;
        }
        if self.max_concurrent_streams == 0 {
            self.max_concurrent_streams = u32::MAX;
        }
        check_transport(fields);
    }
}

fn check_transport(fields: &Fields<'_>) {
    let mut transport = "tcp".to_owned();
    fields.read("transport", &mut transport);
    if transport != "tcp" {
        fields.error("transport", format!("`{transport}` is not served: only tcp so far"));
    }
}

/// The two blocks in which the Collector keeps these keys.
struct KeepaliveBlock<'a>(&'a mut ServerKeepalive);

impl Block for KeepaliveBlock<'_> {
    const KEYS: &'static [Key] = &[
        Key::block("server_parameters", ServerKeepalive::KEYS),
        Key::inert("enforcement_policy", "clients may ask as often as they like whether we are there"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("server_parameters", self.0);
    }
}

impl Block for ServerKeepalive {
    const KEYS: &'static [Key] = &[
        Key::new("max_connection_idle", "duration", "0", "close a connection without requests; 0: never"),
        Key::new("max_connection_age", "duration", "0", "close an old connection; 0: never"),
        Key::new("max_connection_age_grace", "duration", "0", "time for requests in flight then; 0: any"),
        Key::new("time", "duration", "60s", "ask a silent client whether it is still there"),
        Key::new("timeout", "duration", "20s", "time for its answer"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("max_connection_idle", &mut self.max_connection_idle);
        fields.read("max_connection_age", &mut self.max_connection_age);
        fields.read("max_connection_age_grace", &mut self.max_connection_age_grace);
        fields.read("time", &mut self.time);
        fields.read("timeout", &mut self.timeout);
        for limit in
            [&mut self.max_connection_idle, &mut self.max_connection_age, &mut self.max_connection_age_grace]
        {
            *limit = limit.filter(|duration| !duration.is_zero());
        }
    }
}
