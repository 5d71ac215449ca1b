use super::GrpcServer;
use crate::decode::{Block, Fields, Key};

/// The `otlp` receiver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtlpReceiver {
    /// OTLP over gRPC; the only protocol so far, so it is there in every valid configuration.
    pub grpc: Option<GrpcServer>,
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
        Key::block("grpc", GrpcServer::KEYS).optional(),
        Key::refused("http", "OTLP/HTTP comes with a later release; remove the block and send OTLP/gRPC"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.given = fields.given();
        fields.read("grpc", &mut self.grpc);
    }
}
