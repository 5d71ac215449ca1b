//! A tier-2 backend that records the bytes of every request.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::codegen::Service;
use tonic::server::{Grpc, UnaryService};
use tonic::service::{AxumRouter, Routes};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::raw::RawCodec;
use crate::wait;

/// How a backend answers, for tests of failures.
pub type Answer = Arc<dyn Fn(usize) -> Result<Bytes, Status> + Send + Sync>;

/// A running backend, on a runtime of its own: when it is dropped, all its connections break at once.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    recorded: Arc<Recorded>,
    runtime: Option<Runtime>,
}

#[derive(Debug, Default)]
struct Recorded {
    asked: AtomicUsize,
    accepted: Mutex<Vec<Recording>>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The gRPC path.
    pub path: String,
    /// The uncompressed message.
    pub body: Bytes,
    /// The value of `grpc-encoding`, if any.
    pub encoding: Option<String>,
    /// All headers, for tests of headers.
    pub headers: http::HeaderMap,
}

impl Backend {
    /// Starts on a free port of 127.0.0.1 and accepts everything.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), accept_all()).await
    }

    /// Starts on `address` and answers the n-th request (from 0) as `answer` says.
    ///
    /// # Panics
    /// When the address is taken.
    pub async fn start_on(address: SocketAddr, answer: Answer) -> Self {
        Self::serve(address, answer, usize::MAX).await
    }

    /// Starts on a free port and takes no message of more than `limit` bytes, as a gRPC server does.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start_with_limit(limit: usize) -> Self {
        Self::serve(SocketAddr::from(([127, 0, 0, 1], 0)), accept_all(), limit).await
    }

    async fn serve(address: SocketAddr, answer: Answer, limit: usize) -> Self {
        let listener = wait::for_address(address).await;
        let address = listener.local_addr().expect("a bound address");
        let listener = listener.into_std().expect("a listener");
        let recorded = Arc::new(Recorded::default());
        let routes = Routes::from(AxumRouter::new().fallback_service(Recorder {
            recorded: recorded.clone(),
            answer,
            limit,
        }));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            let server = Server::builder().add_routes(routes);
            server.serve_with_incoming(TcpListenerStream::new(listener)).await.expect("a server that runs");
        });
        Self { address, recorded, runtime: Some(runtime) }
    }

    /// Where it listens, `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that was accepted so far, in the order of arrival.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recording> {
        self.recorded.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The traces that were accepted so far.
    ///
    /// # Panics
    /// When something else than OTLP arrived.
    #[must_use]
    pub fn traces(&self) -> Vec<ExportTraceServiceRequest> {
        self.decoded("TraceService")
    }

    /// The logs that were accepted so far.
    ///
    /// # Panics
    /// When something else than OTLP arrived.
    #[must_use]
    pub fn logs(&self) -> Vec<ExportLogsServiceRequest> {
        self.decoded("LogsService")
    }

    /// The metrics that were accepted so far.
    ///
    /// # Panics
    /// When something else than OTLP arrived.
    #[must_use]
    pub fn metrics(&self) -> Vec<ExportMetricsServiceRequest> {
        self.decoded("MetricsService")
    }

    fn decoded<M: Message + Default>(&self, service: &str) -> Vec<M> {
        let mine = self.recordings().into_iter().filter(|recording| recording.path.contains(service));
        mine.map(|recording| M::decode(recording.body).expect("a valid OTLP message")).collect()
    }

    /// Stops it and breaks its connections; the address is free again.
    #[must_use]
    pub fn kill(self) -> SocketAddr {
        self.address
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Every request is fine.
#[must_use]
pub fn accept_all() -> Answer {
    Arc::new(|_| Ok(Bytes::new()))
}

#[derive(Clone)]
struct Recorder {
    recorded: Arc<Recorded>,
    answer: Answer,
    limit: usize,
}

impl<B> Service<http::Request<B>> for Recorder
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send>
        + Send
        + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let limit = self.limit;
        let recording = Record {
            recorder: self.clone(),
            path: request.uri().path().to_owned(),
            headers: request.headers().clone(),
        };
        Box::pin(async move {
            let mut grpc = Grpc::new(RawCodec)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd)
                .max_decoding_message_size(limit);
            Ok(grpc.unary(recording, request).await)
        })
    }
}

/// One call.
struct Record {
    recorder: Recorder,
    path: String,
    headers: http::HeaderMap,
}

impl UnaryService<Bytes> for Record {
    type Response = Bytes;
    type Future = std::future::Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let encoding =
            self.headers.get("grpc-encoding").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let Recorder { recorded, answer, .. } = &self.recorder;
        let answer = answer(recorded.asked.fetch_add(1, Ordering::Relaxed));
        if answer.is_ok() {
            recorded.accepted.lock().unwrap_or_else(PoisonError::into_inner).push(Recording {
                path: self.path.clone(),
                body: request.into_inner(),
                encoding,
                headers: self.headers.clone(),
            });
        }
        std::future::ready(answer.map(Response::new))
    }
}
