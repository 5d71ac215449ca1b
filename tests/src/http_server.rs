//! An HTTP server that records what it is asked and answers as a test says: a backend, or a server of tokens.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The target: a path, or a URL where a proxy was asked.
    pub target: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: http::Version,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came, compressed or not.
    pub body: Bytes,
}

/// How a server answers the n-th request, from 0.
pub type Answer = Arc<dyn Fn(usize, &Recording) -> Response<Full<Bytes>> + Send + Sync>;

/// A server on a free port; it ends, and its connections with it, when it is dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    recorded: Arc<Mutex<Vec<Recording>>>,
    serving: JoinHandle<()>,
}

impl HttpServer {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(
        answer: impl Fn(usize, &Recording) -> Response<Full<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let shared = recorded.clone();
        let answer: Answer = Arc::new(answer);
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                let (answer, recorded) = (answer.clone(), shared.clone());
                connections.spawn(async move {
                    let service =
                        service_fn(move |request| respond(request, answer.clone(), recorded.clone()));
                    // A client that goes away is no failure of the test's.
                    let _ = auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(tcp), service)
                        .await;
                });
            }
        });
        Self { address, recorded, serving }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that it was asked so far.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recording> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// An answer with this status, these headers and this body.
///
/// # Panics
/// When a header is none.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Full::new(body.into())).expect("a good answer")
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

fn respond(request: Request<Incoming>, answer: Answer, recorded: Arc<Mutex<Vec<Recording>>>) -> Answering {
    Box::pin(async move {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let recording =
            Recording { target: head.uri.to_string(), version: head.version, headers: head.headers, body };
        let number = {
            let mut all = recorded.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(recording.clone());
            all.len() - 1
        };
        Ok(answer(number, &recording))
    })
}
