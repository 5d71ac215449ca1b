//! What data comes in by.

mod cors;
mod grpc;
mod http;
mod keepalive;
mod nop;
mod otlp;

pub use cors::Cors;
pub use grpc::GrpcServer;
pub use http::HttpServer;
pub use keepalive::ServerKeepalive;
pub use otlp::OtlpReceiver;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Fields, Node, Read};

/// A receiver of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ReceiverConfig {
    /// OTLP.
    Otlp(Box<OtlpReceiver>),
    /// Nothing comes in by it.
    Nop,
}

impl Component for ReceiverConfig {
    const SECTION: &'static Section = &boundary::RECEIVERS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "otlp" => {
                let mut otlp = OtlpReceiver::default();
                otlp.read(node);
                Some(Self::Otlp(Box::new(otlp)))
            }
            "nop" => {
                nop::Nop.read(node);
                Some(Self::Nop)
            }
            _ => None,
        }
    }
}

fn check_transport(fields: &Fields<'_>) {
    let mut transport = "tcp".to_owned();
    fields.read("transport", &mut transport);
    if transport != "tcp" {
        fields.error("transport", format!("`{transport}` is not served: only tcp so far"));
    }
}
