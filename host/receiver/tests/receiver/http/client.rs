use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tonic_types::Status;

use crate::soon;

type Body = UnsyncBoxBody<Bytes, Infallible>;

pub(crate) const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

/// One connection, over either version of HTTP.
pub(crate) enum HttpClient {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The sending end of a request's body. Dropping it ends the body.
pub(crate) type Pieces = mpsc::Sender<Bytes>;

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The `google.rpc.Status` of an error, in protobuf.
    pub(crate) fn rpc_status(&self) -> Status {
        assert_eq!(self.header("content-type"), "application/x-protobuf");
        Status::decode(&self.body[..]).expect("a status")
    }
}

impl HttpClient {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        let (sender, connection) = soon(http1::handshake(TokioIo::new(stream))).await.expect("HTTP/1.1");
        tokio::spawn(connection);
        Self::Http1(sender)
    }

    pub(crate) async fn connect_http2(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = soon(handshake).await.expect("HTTP/2");
        tokio::spawn(connection);
        Self::Http2(sender)
    }

    /// One client of each version.
    pub(crate) async fn both(address: SocketAddr) -> [Self; 2] {
        [Self::connect(address).await, Self::connect_http2(address).await]
    }

    /// Whether the connection still takes requests.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Http1(sender) => !sender.is_closed(),
            Self::Http2(sender) => !sender.is_closed(),
        }
    }

    /// Posts a whole body in protobuf.
    pub(crate) async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        let headers = [&[PROTOBUF], headers].concat();
        self.send(Method::POST, path, &headers, body).await
    }

    /// Posts a whole body in JSON.
    pub(crate) async fn post_json(&mut self, path: &str, body: impl Into<String>) -> Answer {
        self.send(Method::POST, path, &[JSON], body.into().into()).await
    }

    /// Sends what a test says, in one piece whose length is known.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let request = self.request(method, path, headers, Full::new(body).boxed_unsync());
        let answer = match self {
            Self::Http1(sender) => soon(answer1(sender, request)).await,
            Self::Http2(sender) => soon(answer2(sender.clone(), request)).await,
        };
        answer.expect("an answer")
    }

    /// Opens a request whose body the test sends piece by piece, so that its length is not known.
    pub(crate) fn open(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Pieces, impl Future<Output = hyper::Result<Answer>> + Send + use<'_>) {
        let (pieces, receiver) = mpsc::channel::<Bytes>(16);
        let frames = stream::unfold(receiver, |mut receiver| async move {
            let piece = receiver.recv().await?;
            Some((Ok::<_, Infallible>(Frame::data(piece)), receiver))
        });
        let headers = [&[PROTOBUF], headers].concat();
        let request = self.request(Method::POST, path, &headers, StreamBody::new(frames).boxed_unsync());
        let answer = async move {
            match self {
                Self::Http1(sender) => answer1(sender, request).await,
                Self::Http2(sender) => answer2(sender.clone(), request).await,
            }
        };
        (pieces, answer)
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
        let uri = match self {
            Self::Http1(_) => path.to_owned(),
            Self::Http2(_) => format!("http://test{path}"),
        };
        let mut request = Request::builder().method(method).uri(uri);
        if matches!(self, Self::Http1(_)) {
            request = request.header("host", "test");
        }
        let mut request = request.body(body).expect("a good request");
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().expect("a name");
            let value = value.parse().expect("a value");
            // The first of them is the content type, which a test may set again.
            if name == CONTENT_TYPE {
                request.headers_mut().insert(name, value);
            } else {
                request.headers_mut().append(name, value);
            }
        }
        request
    }
}

async fn answer1(sender: &mut http1::SendRequest<Body>, request: Request<Body>) -> hyper::Result<Answer> {
    sender.ready().await?;
    collect(sender.send_request(request).await?).await
}

async fn answer2(mut sender: http2::SendRequest<Body>, request: Request<Body>) -> hyper::Result<Answer> {
    sender.ready().await?;
    collect(sender.send_request(request).await?).await
}

async fn collect(response: http::Response<hyper::body::Incoming>) -> hyper::Result<Answer> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}

/// The whole answer, until the end of the connection, to exactly these bytes.
pub(crate) async fn say(address: SocketAddr, said: &[u8]) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut client = TcpStream::connect(address).await.expect("connected");
    client.write_all(said).await.expect("sent");
    let mut answer = Vec::new();
    // A reset at the end is an end as well.
    let _ = soon(client.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}
