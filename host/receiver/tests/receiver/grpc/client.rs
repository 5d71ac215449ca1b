use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::{Buf, BufMut, Bytes};
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::uri::PathAndQuery;
use http::{HeaderMap, Request};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::soon;

/// Bytes in, bytes out: tonic's client without protobuf.
#[derive(Clone, Default)]
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

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// tonic's client, as Rust programs and our own exporter use it.
#[derive(Clone)]
pub(crate) struct TonicClient {
    grpc: tonic::client::Grpc<Channel>,
}

impl TonicClient {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let channel = Channel::from_shared(format!("http://{address}")).expect("an address");
        Self { grpc: tonic::client::Grpc::new(soon(channel.connect()).await.expect("connected")) }
    }

    pub(crate) fn compressing(self, encoding: CompressionEncoding) -> Self {
        Self { grpc: self.grpc.send_compressed(encoding).accept_compressed(encoding) }
    }

    pub(crate) async fn export(&self, path: &'static str, body: Bytes) -> Result<Bytes, Status> {
        self.request(path, tonic::Request::new(body)).await
    }

    pub(crate) async fn request(
        &self,
        path: &'static str,
        request: tonic::Request<Bytes>,
    ) -> Result<Bytes, Status> {
        let mut grpc = self.grpc.clone();
        soon(grpc.ready()).await.map_err(|error| Status::unknown(error.to_string()))?;
        let reply = soon(grpc.unary(request, PathAndQuery::from_static(path), Raw)).await?;
        Ok(reply.into_inner())
    }
}

/// An HTTP/2 client that sends exactly what a test says.
pub(crate) struct RawClient {
    sender: SendRequest<UnsyncBoxBody<Bytes, Infallible>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) http: http::StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Bytes,
    pub(crate) status: Status,
}

impl Answer {
    /// How many items were rejected, by the message in its frame.
    pub(crate) fn rejected(&self) -> u64 {
        let message = self.message.get(5..).expect("a frame");
        let response = ExportTraceServiceResponse::decode(message).expect("a response");
        response.partial_success.map_or(0, |partial| partial.rejected_spans.try_into().expect("a count"))
    }
}

/// The sending end of a request's body. Dropping it ends the body.
pub(crate) type Pieces = mpsc::Sender<Bytes>;

impl RawClient {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = soon(handshake).await.expect("HTTP/2");
        tokio::spawn(connection);
        Self { sender }
    }

    /// Whether the connection still takes requests.
    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends the whole body at once.
    pub(crate) async fn call(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        let request = request(path, headers, Full::new(body).boxed_unsync());
        soon(answer(self.sender.clone(), request)).await.expect("an answer")
    }

    /// Opens a request whose body the test sends piece by piece.
    pub(crate) fn open(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Pieces, impl Future<Output = hyper::Result<Answer>> + Send + use<>) {
        let (pieces, receiver) = mpsc::channel::<Bytes>(16);
        let frames = stream::unfold(receiver, |mut receiver| async move {
            let piece = receiver.recv().await?;
            Some((Ok::<_, Infallible>(Frame::data(piece)), receiver))
        });
        let request = request(path, headers, StreamBody::new(frames).boxed_unsync());
        (pieces, answer(self.sender.clone(), request))
    }
}

fn request<B>(path: &str, headers: &[(&str, &str)], body: B) -> Request<B> {
    let mut request = Request::post(format!("http://test{path}"));
    if !headers.iter().any(|(name, _)| *name == CONTENT_TYPE.as_str()) {
        request = request.header(CONTENT_TYPE, "application/grpc");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).expect("a good request")
}

async fn answer(
    mut sender: SendRequest<UnsyncBoxBody<Bytes, Infallible>>,
    request: Request<UnsyncBoxBody<Bytes, Infallible>>,
) -> hyper::Result<Answer> {
    sender.ready().await?;
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let collected = body.collect().await?;
    let trailers = collected.trailers().cloned();
    let status = Status::from_header_map(&trailers.unwrap_or_else(|| parts.headers.clone()));
    let status = status.unwrap_or_else(|| Status::new(Code::Unknown, "no grpc-status"));
    let message = collected.to_bytes();
    Ok(Answer { http: parts.status, headers: parts.headers, message, status })
}
