//! Configurations of gateways under test: every port is chosen by the system.

use std::net::SocketAddr;

/// Pipelines for the three signals from an `otlp` receiver, with both of its protocols, to the exporter `id`, whose block is `block`.
/// `more` is added at the top level, as it is.
#[must_use]
pub fn pipelines(id: &str, block: &str, more: &str) -> String {
    let block = indent(block, 4);
    format!(
        "receivers:\n  otlp:\n    protocols:\n      grpc:\n        endpoint: 127.0.0.1:0\n      http:\n        endpoint: 127.0.0.1:0\n\
         exporters:\n  {id}:\n{block}\n\
         extensions:\n  health_check:\n    endpoint: 127.0.0.1:0\n\
         service:\n  extensions: [health_check]\n  telemetry:\n    metrics:\n      address: 127.0.0.1:0\n  pipelines:\n    \
         traces: {{receivers: [otlp], exporters: [{id}]}}\n    metrics: {{receivers: [otlp], exporters: [{id}]}}\n    \
         logs: {{receivers: [otlp], exporters: [{id}]}}\n{more}\n"
    )
}

/// A gateway that balances over `backends`, with `more` keys in the exporter's block.
#[must_use]
pub fn load_balancing(backends: &[SocketAddr], more: &str) -> String {
    let hostnames: Vec<String> = backends.iter().map(ToString::to_string).collect();
    let block = format!(
        "protocol:\n  otlp:\n    timeout: 5s\n    tls:\n      insecure: true\n\
         resolver:\n  static:\n    hostnames: [{}]\n{more}",
        hostnames.join(", ")
    );
    pipelines("load_balancing", &block, "")
}

fn indent(text: &str, spaces: usize) -> String {
    let pad = " ".repeat(spaces);
    text.lines().map(|line| format!("{pad}{line}")).collect::<Vec<_>>().join("\n")
}
