//! The generator.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_tests::client::Client;
use sluice_tests::traffic;

/// Requests that are on their way at the same time.
const IN_FLIGHT: usize = 4;
/// A pace that leaves a laptop its cores: a demo shows where things go, not how fast.
const PAUSE: Duration = Duration::from_millis(10);

/// What was sent and accepted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) traces: usize,
    pub(crate) spans: usize,
}

/// Sends for `time`; every request must be accepted.
pub(crate) async fn send(gateway: SocketAddr, time: Duration) -> anyhow::Result<Sent> {
    let end = Instant::now() + time;
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let client = Client::connect(gateway).await;
        senders.spawn(async move {
            let mut sent = Sent::default();
            while Instant::now() < end {
                for request in halves(traffic::traces(20, 8)) {
                    client.send("traces", &request).await.context("the gateway refused a request")?;
                }
                sent.traces += 20;
                sent.spans += 160;
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(sent)
        });
    }
    let mut sent = Sent::default();
    while let Some(one) = senders.join_next().await {
        let one = one??;
        sent.traces += one.traces;
        sent.spans += one.spans;
    }
    Ok(sent)
}

/// The first resource's spans and the second's: every trace has spans of both.
fn halves(mut request: ExportTraceServiceRequest) -> [ExportTraceServiceRequest; 2] {
    let second = ExportTraceServiceRequest { resource_spans: request.resource_spans.split_off(1) };
    [request, second]
}
