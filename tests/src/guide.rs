//! The configurations of config/ on ports of the system's choice: both tiers of the guide, as a user starts them.

use std::net::{Ipv4Addr, SocketAddr};

use crate::gateway::{Gateway, project};
use crate::metrics::Page;

/// A port of the system's choice.
pub const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// `--set`: a key, and its value in YAML.
pub type Setting<'a> = (&'a str, &'a str);

/// config/sampler.yaml, on `address` and in front of `backend`.
pub async fn sampler(address: SocketAddr, backend: SocketAddr, settings: &[Setting<'_>]) -> Gateway {
    let (address, backend, any) = (address.to_string(), backend.to_string(), ANY.to_string());
    let own = [
        ("receivers.otlp.protocols.grpc.endpoint", &address[..]),
        ("exporters.otlp.endpoint", &backend),
        ("extensions.health_check.endpoint", &any),
        ("service.telemetry.metrics.address", &any),
        ("sluice.admin_endpoint", &any),
    ];
    start("sampler.yaml", &[&own, settings].concat()).await
}

/// Three of them.
pub async fn three_samplers(backend: SocketAddr, settings: &[Setting<'_>]) -> [Gateway; 3] {
    let one = || sampler(ANY, backend, settings);
    [one().await, one().await, one().await]
}

/// config/gateway.yaml in front of `samplers` and `backend`.
pub async fn gateway(samplers: &[Gateway], backend: SocketAddr, settings: &[Setting<'_>]) -> Gateway {
    let (samplers, backend) = (list(samplers), backend.to_string());
    let own = [
        ("exporters.load_balancing.resolver.static.hostnames", &samplers[..]),
        ("exporters.otlp.endpoint", &backend),
    ];
    tier_1("gateway.yaml", &[&own, settings].concat()).await
}

/// A file of config/ that takes OTLP over gRPC and HTTP.
pub async fn tier_1(file: &str, settings: &[Setting<'_>]) -> Gateway {
    let any = ANY.to_string();
    let own = [
        ("receivers.otlp.protocols.grpc.endpoint", &any[..]),
        ("receivers.otlp.protocols.http.endpoint", &any),
        ("extensions.health_check.endpoint", &any),
        ("service.telemetry.metrics.address", &any),
    ];
    start(file, &[&own, settings].concat()).await
}

/// config/backend.yaml; what it is given is in `backend.otlp` of its folder.
pub async fn backend() -> Gateway {
    let any = ANY.to_string();
    let own = [
        ("receivers.otlp.protocols.grpc.endpoint", &any[..]),
        ("extensions.health_check.endpoint", &any),
        ("service.telemetry.metrics.address", &any),
    ];
    start("backend.yaml", &own).await
}

/// Where they take OTLP, as a list in YAML.
#[must_use]
pub fn list(processes: &[Gateway]) -> String {
    let addresses: Vec<_> = processes.iter().map(|process| process.address("receiver").to_string()).collect();
    format!("[{}]", addresses.join(", "))
}

/// The sum of a metric over all of them.
pub async fn sum(processes: &[Gateway], name: &str, labels: &[&str]) -> usize {
    let mut sum = 0;
    for process in processes {
        sum += Page::scrape(process.address("metrics")).await.sum(name, labels) as usize;
    }
    sum
}

async fn start(file: &str, settings: &[Setting<'_>]) -> Gateway {
    let file = project().join("config").join(file);
    let yaml = std::fs::read_to_string(&file).expect("a file of config/");
    let settings: Vec<String> = settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    Gateway::start_with(&yaml, &arguments).await
}
