//! A gRPC server that does what a test tells it to, and remembers what it got.

use std::collections::HashSet;
use std::convert::Infallible;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::UnaryService;
use tonic::{Code, Status};

/// A request as it arrived, decompressed.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: SocketAddr,
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Takes it.
    Ok,
    /// Takes it but for some items.
    Partial(i64, &'static str),
    /// Takes it, and says who it is.
    Named(&'static str),
    /// Refuses it.
    Status(Status),
    /// Takes it when the gate opens.
    Gated(Gate),
    /// Never answers.
    Never,
}

impl Answer {
    pub(crate) fn code(code: Code) -> Self {
        Self::Status(Status::new(code, "as the test wants it"))
    }
}

/// Holds answers back until it is opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    async fn passed(&self) {
        self.0.subscribe().wait_for(|is_open| *is_open).await.unwrap();
    }
}

type Script = Box<dyn FnMut(&Received) -> Answer + Send>;

struct Shared {
    script: Mutex<Script>,
    received: Mutex<Vec<Received>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    max_message: usize,
}

/// The server; dropping it breaks its connections off.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Backend {
    /// Takes everything.
    pub(crate) async fn start() -> Self {
        Self::answering(|_| Answer::Ok).await
    }

    pub(crate) async fn answering(script: impl FnMut(&Received) -> Answer + Send + 'static) -> Self {
        Self::start_at("127.0.0.1:0", usize::MAX, script).await
    }

    /// Refuses messages over a limit, in tonic's words.
    pub(crate) async fn with_limit(max_message: usize) -> Self {
        Self::start_at("127.0.0.1:0", max_message, |_| Answer::Ok).await
    }

    pub(crate) async fn start_at(
        address: &str,
        max_message: usize,
        script: impl FnMut(&Received) -> Answer + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let shared = Arc::new(Shared {
            script: Mutex::new(Box::new(script)),
            received: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            max_message,
        });
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.address.to_string()
    }

    /// Everything that arrived whole, whatever the answer was.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.shared.received.lock().unwrap().len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.received().iter().map(|request| request.peer).collect::<HashSet<_>>().len()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.shared.in_flight.load(Ordering::SeqCst)
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.shared.most_in_flight.load(Ordering::SeqCst)
    }

    /// Stops listening and breaks all connections off; when it returns, the port is free.
    pub(crate) async fn kill(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An address where nobody listens and nobody can, as long as the socket lives.
pub(crate) fn dead() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// Serves connections until it is aborted; they end with it.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, peer) = listener.accept().await.unwrap();
        connections.spawn(serve(stream, peer, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    let service = TowerToHyperService::new(Grpc { shared, peer });
    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// All methods of all services.
#[derive(Clone)]
struct Grpc {
    shared: Arc<Shared>,
    peer: SocketAddr,
}

impl tower::Service<Request<hyper::body::Incoming>> for Grpc {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<hyper::body::Incoming>) -> Self::Future {
        let this = self.clone();
        async move {
            let headers = request.headers().clone();
            let method = Method { path: request.uri().path().to_owned(), headers, grpc: this.clone() };
            let mut server = tonic::server::Grpc::new(Raw)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd)
                .max_decoding_message_size(this.shared.max_message);
            Ok(server.unary(method, without_snappy(request).await).await)
        }
        .boxed()
    }
}

/// Undoes what tonic does not know: snappy's framing format, as the Collector's gRPC servers read it.
async fn without_snappy(request: Request<hyper::body::Incoming>) -> Request<Body> {
    let (mut head, body) = request.into_parts();
    if head.headers.get("grpc-encoding").is_none_or(|encoding| encoding != "snappy") {
        return Request::from_parts(head, Body::new(body));
    }
    head.headers.remove("grpc-encoding");
    let framed = body.collect().await.unwrap().to_bytes();
    let (prefix, compressed) = framed.split_at(5);
    assert_eq!(prefix[0], 1, "marked as compressed");
    assert_eq!(u32::from_be_bytes(prefix[1..].try_into().unwrap()) as usize, compressed.len());
    let mut message = vec![0; 5];
    snap::read::FrameDecoder::new(compressed).read_to_end(&mut message).unwrap();
    let length = u32::try_from(message.len() - 5).unwrap();
    message[1..5].copy_from_slice(&length.to_be_bytes());
    Request::from_parts(head, Body::new(Full::new(Bytes::from(message))))
}

struct Method {
    path: String,
    headers: HeaderMap,
    grpc: Grpc,
}

impl UnaryService<Bytes> for Method {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<tonic::Response<Bytes>, Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let shared = Arc::clone(&self.grpc.shared);
        let received = Received {
            path: self.path.clone(),
            headers: self.headers.clone(),
            body: request.into_inner(),
            peer: self.grpc.peer,
        };
        async move {
            let _counted = InFlight::of(&shared);
            let answer = (shared.script.lock().unwrap())(&received);
            shared.received.lock().unwrap().push(received);
            match answer {
                Answer::Ok => Ok(tonic::Response::new(Bytes::new())),
                Answer::Partial(rejected, words) => Ok(tonic::Response::new(partial(rejected, words))),
                Answer::Named(id) => {
                    let mut response = tonic::Response::new(Bytes::new());
                    response.metadata_mut().insert("sluice-instance", id.parse().unwrap());
                    Ok(response)
                }
                Answer::Status(status) => Err(status),
                Answer::Gated(gate) => {
                    gate.passed().await;
                    Ok(tonic::Response::new(Bytes::new()))
                }
                Answer::Never => std::future::pending().await,
            }
        }
        .boxed()
    }
}

struct InFlight(Arc<Shared>);

impl InFlight {
    fn of(shared: &Arc<Shared>) -> Self {
        let now = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_in_flight.fetch_max(now, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

fn partial(rejected_spans: i64, words: &str) -> Bytes {
    let partial = ExportTracePartialSuccess { rejected_spans, error_message: words.to_owned() };
    ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec().into()
}

/// Messages as they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(bytes.copy_to_bytes(bytes.remaining())))
    }
}
