use super::{GrpcServer, HttpServer};
use crate::decode::{Block, Fields, Key};

/// The `otlp` receiver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtlpReceiver {
    /// OTLP over gRPC. One of the two is there in every valid configuration.
    pub grpc: Option<GrpcServer>,
    /// OTLP over HTTP.
    pub http: Option<HttpServer>,
}

impl Block for OtlpReceiver {
    const KEYS: &'static [Key] = &[Key::block("protocols", Protocols::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut protocols = Protocols::default();
        fields.read("protocols", &mut protocols);
        if protocols.given == 0 {
            fields.error(
                "protocols",
                "must specify at least one protocol; write `protocols: {grpc: {}, http: {}}`",
            );
        }
        self.grpc = protocols.grpc;
        self.http = protocols.http;
    }
}

#[derive(Default)]
struct Protocols {
    grpc: Option<GrpcServer>,
    http: Option<HttpServer>,
    given: usize,
}

impl Block for Protocols {
    const KEYS: &'static [Key] =
        &[Key::block("grpc", GrpcServer::KEYS).optional(), Key::block("http", HttpServer::KEYS).optional()];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.given = fields.given();
        fields.read("grpc", &mut self.grpc);
        fields.read("http", &mut self.http);
    }
}
