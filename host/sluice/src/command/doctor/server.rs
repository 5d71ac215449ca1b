//! The server of an `otlp_grpc` or `otlp_http` exporter.

use std::collections::BTreeMap;

use sluice_config::{OtlpExporter, OtlpHttpExporter, Queue, Retry, Signal};
use sluice_exporter::SignalUrl;

use super::check::{Check, Outcome};
use crate::gateway;

/// Everything about an exporter that speaks OTLP/gRPC.
pub(super) async fn check_grpc(id: &str, otlp: &OtlpExporter) -> Vec<Check> {
    let tried = gateway::try_grpc(id, otlp, &otlp.endpoint).await;
    let server = Check::of_trial(&format!("{id} server {}", otlp.endpoint), tried);
    vec![resiliency(id, &otlp.sending_queue, &otlp.retry_on_failure), server]
}

/// Everything about one that speaks OTLP/HTTP: each of its servers once, whatever the number of its URLs.
pub(super) async fn check_http(id: &str, otlp: &OtlpHttpExporter) -> Vec<Check> {
    let mut checks = vec![resiliency(id, &otlp.sending_queue, &otlp.retry_on_failure)];
    let mut servers = BTreeMap::new();
    for text in Signal::ALL.into_iter().filter_map(|signal| otlp.url(signal)) {
        match SignalUrl::parse(&text) {
            Ok(url) => drop(servers.insert(url.origin(), url)),
            Err(error) => checks.push(Check::new(Outcome::Bad, &format!("{id} server"), &error.to_string())),
        }
    }
    for (origin, url) in &servers {
        let tried = gateway::try_http(id, otlp, url).await;
        checks.push(Check::of_trial(&format!("{id} server {origin}"), tried));
    }
    checks
}

fn resiliency(id: &str, queue: &Queue, retry: &Retry) -> Check {
    let what = format!("{id} queue and retry");
    let said = match (queue.enabled, retry.enabled) {
        (true, true) => return Check::good(&what, "on"),
        (false, true) => {
            "sending_queue is off: senders wait for the server, and are refused while it is away"
        }
        (true, false) => "retry_on_failure is off: what the server does not take at once is lost",
        (false, false) => {
            "both are off (sending_queue, retry_on_failure): what the server does not take at once is refused"
        }
    };
    Check::new(Outcome::Doubtful, &what, said)
}
