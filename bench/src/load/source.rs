//! The client: a fixed number of requests in flight over a few connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use sluice_tests::raw::{RawCodec, export_path};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::options::Options;
use crate::requests::Template;

/// As long as a client of the Collector's exporter would wait, and some more for the large shape.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Before the next request, after one was refused.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of the requests so far.
#[derive(Debug, Default)]
pub(super) struct Answers {
    spans: AtomicU64,
    refused: AtomicU64,
}

impl Answers {
    /// Spans that were acknowledged.
    pub(super) fn spans(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }

    /// Requests that were answered with an error.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Load that goes on until this is dropped.
#[derive(Debug)]
pub(super) struct Source {
    answers: Arc<Answers>,
    latencies: mpsc::Receiver<Duration>,
    stop: tokio::sync::watch::Sender<bool>,
    senders: JoinSet<()>,
}

impl Source {
    /// Starts sending to a server that may still be starting.
    pub(super) fn start(target: SocketAddr, templates: Arc<[Template]>, options: &Options) -> Result<Self> {
        let answers = Arc::new(Answers::default());
        let turn = Arc::new(AtomicUsize::new(0));
        let (latency, latencies) = mpsc::channel(1 << 20);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let channels = (0..options.connections.max(1))
            .map(|_| Ok(Endpoint::from_shared(format!("http://{target}"))?.tcp_nodelay(true).connect_lazy()))
            .collect::<Result<Vec<_>>>()
            .context("the gateway's address")?;
        let mut senders = JoinSet::new();
        for channel in channels.iter().cycle().take(options.in_flight) {
            let sender = Sender {
                client: client(channel.clone()),
                templates: Arc::clone(&templates),
                turn: Arc::clone(&turn),
                answers: Arc::clone(&answers),
                latency: latency.clone(),
            };
            let stopped = stopped.clone();
            senders.spawn(sender.run(stopped));
        }
        Ok(Self { answers, latencies, stop, senders })
    }

    /// What became of the requests so far.
    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Times from request to acknowledgement since the last call.
    pub(super) fn take_latencies(&mut self) -> Vec<Duration> {
        std::iter::from_fn(|| self.latencies.try_recv().ok()).collect()
    }

    /// Sends nothing new, and waits for what is on its way.
    pub(super) async fn finish(&mut self) {
        self.stop.send_replace(true);
        while self.senders.join_next().await.is_some() {}
    }
}

struct Sender {
    client: Grpc<Channel>,
    templates: Arc<[Template]>,
    turn: Arc<AtomicUsize>,
    answers: Arc<Answers>,
    latency: mpsc::Sender<Duration>,
}

impl Sender {
    async fn run(mut self, stopped: tokio::sync::watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let template = &self.templates[self.turn.fetch_add(1, Ordering::Relaxed) % self.templates.len()];
            let (body, spans) = (template.stamped(fastrand::u128(..)), template.spans());
            let begin = Instant::now();
            if send(&mut self.client, body).await.is_ok() {
                self.answers.spans.fetch_add(spans as u64, Ordering::Relaxed);
                // Full after a million: the run was long enough by then.
                let _ = self.latency.try_send(begin.elapsed());
            } else {
                self.answers.refused.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// A client of any gRPC server that does not limit its answers.
pub(super) fn client(channel: Channel) -> Grpc<Channel> {
    Grpc::new(channel)
}

/// Sends one serialized request and waits for the answer.
pub(super) async fn send(client: &mut Grpc<Channel>, body: Bytes) -> Result<(), Status> {
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let mut request = Request::new(body);
    request.set_timeout(TIMEOUT);
    client.unary(request, PathAndQuery::from_static(export_path("traces")), RawCodec).await.map(|_| ())
}
