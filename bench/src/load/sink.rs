//! The backends: an OTLP/gRPC server that takes everything, counts it, and does little else.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sluice_otlp::{Index, Signal};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// So large that flow control never stops a sender.
const WINDOW_BYTES: u32 = 16 << 20;
/// A gRPC message's header: compressed or not, and its length.
const HEADER_BYTES: usize = 5;

/// What has arrived.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    requests: AtomicU64,
    bytes: AtomicU64,
    spans: AtomicU64,
}

impl Arrivals {
    /// Requests, of all backends.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Bytes of gRPC messages as they came, compressed or not.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Spans in the requests that were not compressed.
    pub(super) fn spans(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }

    fn count(&self, message: &[u8]) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        if message.first() == Some(&0)
            && let Ok(index) = Index::scan(Signal::Traces, &message[HEADER_BYTES..])
        {
            self.spans.fetch_add(index.leaves.len() as u64, Ordering::Relaxed);
        }
    }
}

/// Backends on ports of their own; they end when this is dropped.
#[derive(Debug)]
pub(super) struct Sink {
    addresses: Vec<SocketAddr>,
    arrivals: Arc<Arrivals>,
    _listeners: JoinSet<()>,
}

impl Sink {
    /// Listens for as many backends.
    pub(super) async fn start(backends: usize) -> Result<Self> {
        let arrivals = Arc::new(Arrivals::default());
        let mut addresses = Vec::with_capacity(backends);
        let mut listeners = JoinSet::new();
        for _ in 0..backends {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            addresses.push(listener.local_addr()?);
            listeners.spawn(accept(listener, Arc::clone(&arrivals)));
        }
        Ok(Self { addresses, arrivals, _listeners: listeners })
    }

    /// Where the backends are.
    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What has arrived at all of them.
    pub(super) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }
}

async fn accept(listener: TcpListener, arrivals: Arc<Arrivals>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&arrivals)));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, arrivals: Arc<Arrivals>) {
    let service = service_fn(|request| answer(request, Arc::clone(&arrivals)));
    // A connection that breaks is its client's to notice.
    let _ = stream.set_nodelay(true);
    let _ = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .max_frame_size(1 << 20)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    arrivals: Arc<Arrivals>,
) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, hyper::Error> {
    let message = request.into_body().collect().await?.to_bytes();
    arrivals.count(&message);

    let empty_message = Full::new(Bytes::from_static(&[0; HEADER_BYTES]));
    let trailers = HeaderMap::from_iter([(
        hyper::header::HeaderName::from_static("grpc-status"),
        HeaderValue::from_static("0"),
    )]);
    let mut response = Response::new(empty_message.with_trailers(async move { Some(Ok(trailers)) }));
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    Ok(response)
}

#[cfg(test)]
#[path = "sink_tests.rs"]
mod tests;
