use std::time::Duration;

use super::ServerKeepalive;
use super::keepalive::KeepaliveBlock;
use crate::components::auth::AuthBlock;
use crate::components::tls::ServerTls;
use crate::decode::{Block, Fields, Key};
use crate::types::id::ComponentId;
use crate::types::listen::Listen;

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
    /// How connections are secured; `None`: they are not.
    pub tls: Option<ServerTls>,
    /// The extension that says who may send; anybody may when `None`.
    pub auth: Option<ComponentId>,
    /// How connections are kept and ended.
    pub keepalive: ServerKeepalive,
    /// Connections that are held at a time; further ones are closed at once.
    pub max_connections: usize,
    /// Bytes of all requests in flight, compressed and decompressed; beyond them, senders are told to wait.
    pub max_in_flight_bytes: usize,
    /// How long a request may take to arrive.
    pub read_timeout: Duration,
}

impl Default for GrpcServer {
    fn default() -> Self {
        Self {
            endpoint: Listen::by_default("localhost", 4317),
            max_recv_msg_size_mib: 64,
            max_concurrent_streams: 1_024,
            read_buffer_size: 512 * 1024,
            write_buffer_size: 32 * 1024,
            tls: None,
            auth: None,
            keepalive: ServerKeepalive::default(),
            max_connections: 4_096,
            max_in_flight_bytes: 512 * 1024 * 1024,
            read_timeout: Duration::from_secs(60),
        }
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
        Key::block("tls", ServerTls::KEYS).optional(),
        Key::block("auth", AuthBlock::KEYS).optional(),
        Key::block("keepalive", KeepaliveBlock::KEYS),
        Key::new("max_connections", "number", "4096", "further connections are closed at once").own(),
        Key::new("max_in_flight_bytes", "bytes", "536870912", "of all requests; then senders wait").own(),
        Key::new("read_timeout", "duration", "60s", "how long a request may take to arrive").own(),
        Key::new("read_buffer_size", "bytes", "524288", "read from a connection at a time"),
        Key::new("write_buffer_size", "bytes", "32768", "may wait to be sent, for each request"),
        Key::inert("include_metadata", "plugins can always read the headers of a request"),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("max_recv_msg_size_mib", &mut self.max_recv_msg_size_mib);
        fields.read("max_concurrent_streams", &mut self.max_concurrent_streams);
        fields.read("read_buffer_size", &mut self.read_buffer_size);
        fields.read("write_buffer_size", &mut self.write_buffer_size);
        fields.read("tls", &mut self.tls);
        fields.read("auth", &mut AuthBlock(&mut self.auth));
        fields.read("keepalive", &mut KeepaliveBlock(&mut self.keepalive));
        fields.read("max_connections", &mut self.max_connections);
        fields.read("max_in_flight_bytes", &mut self.max_in_flight_bytes);
        fields.read("read_timeout", &mut self.read_timeout);
        fields.refuse_zero("max_connections", self.max_connections == 0);
        fields.refuse_zero("max_in_flight_bytes", self.max_in_flight_bytes == 0);
        fields.refuse_zero("read_timeout", self.read_timeout.is_zero());
        if self.max_recv_msg_size_mib == 0 {
            self.max_recv_msg_size_mib = Self::default().max_recv_msg_size_mib;
        }
        if self.max_concurrent_streams == 0 {
            self.max_concurrent_streams = u32::MAX;
        }
        super::check_transport(fields);
    }
}
