//! The generator.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use sluice_tests::client::Client;
use sluice_tests::shop::{self, SERVICES, SPANS, Trace};

/// Requests that are on their way at the same time.
const IN_FLIGHT: usize = 4;
/// Traces of which a service sends its spans together.
const TOGETHER: usize = 20;
/// A pace that leaves a laptop its cores: a demo shows where things go, not how fast.
const PAUSE: Duration = Duration::from_millis(15);

/// What was sent and accepted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) traces: Vec<Trace>,
}

impl Sent {
    pub(crate) fn spans(&self) -> usize {
        self.traces.len() * SPANS
    }
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
                let traces: Vec<_> = (0..TOGETHER).map(|_| Trace::random()).collect();
                for service in SERVICES {
                    let request = shop::request(service, &traces);
                    client.send("traces", &request).await.context("the gateway refused a request")?;
                }
                sent.traces.extend(traces);
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(sent)
        });
    }
    let mut sent = Sent::default();
    while let Some(one) = senders.join_next().await {
        sent.traces.extend(one??.traces);
    }
    Ok(sent)
}
