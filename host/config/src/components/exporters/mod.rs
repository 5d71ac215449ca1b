//! What data leaves by.

mod cloud_map;
mod debug;
mod file;
mod guard;
mod k8s_resolver;
mod load_balancing;
mod nop;
mod otlp;
mod otlp_http;
mod queue;
mod resolver;
mod retry;

pub use cloud_map::{AwsCloudMapResolver, CloudMapHealth};
pub use debug::{DebugExporter, Verbosity};
pub use file::{FileExporter, FileFormat};
pub use guard::ResolverGuard;
pub use k8s_resolver::{AddressFamily, K8sResolver, ServicePort, Terminating};
pub use load_balancing::{LoadBalancing, OnError, Ring};
pub use otlp::{Balancer, ClientKeepalive, Compression, OtlpExporter};
pub use otlp_http::{HttpCompression, HttpEncoding, OtlpHttpExporter};
pub use queue::{Queue, Sizer};
pub use resolver::{DnsResolver, ResolverConfig};
pub use retry::Retry;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// An exporter of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ExporterConfig {
    /// Spreads items over backends by key.
    LoadBalancing(Box<LoadBalancing>),
    /// Sends everything to one backend by OTLP/gRPC.
    Otlp(Box<OtlpExporter>),
    /// Sends everything, or all of a signal, to one backend by OTLP/HTTP.
    OtlpHttp(Box<OtlpHttpExporter>),
    /// Writes to the log what arrives.
    Debug(DebugExporter),
    /// Writes to a file what arrives.
    File(FileExporter),
    /// Throws away what arrives.
    Nop,
}

impl Component for ExporterConfig {
    const SECTION: &'static Section = &boundary::EXPORTERS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "load_balancing" | "loadbalancing" => {
                let mut balancer = LoadBalancing::default();
                balancer.read(node);
                Some(Self::LoadBalancing(Box::new(balancer)))
            }
            "otlp" | "otlp_grpc" => {
                let mut otlp = OtlpExporter::default();
                otlp.read(node);
                otlp.check_endpoint(node);
                Some(Self::Otlp(Box::new(otlp)))
            }
            "otlp_http" | "otlphttp" => {
                let mut otlp = OtlpHttpExporter::default();
                otlp.read(node);
                Some(Self::OtlpHttp(Box::new(otlp)))
            }
            "debug" => {
                let mut debug = DebugExporter::default();
                debug.read(node);
                Some(Self::Debug(debug))
            }
            "file" => {
                let mut file = FileExporter::default();
                file.read(node);
                Some(Self::File(file))
            }
            "nop" => {
                nop::Nop.read(node);
                Some(Self::Nop)
            }
            _ => None,
        }
    }
}
