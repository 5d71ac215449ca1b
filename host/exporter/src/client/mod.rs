//! OTLP clients that pass wire bytes on: by gRPC, or by HTTP with protobuf or JSON.

mod compress;
mod connection;
mod connector;
mod error;
mod grpc;
mod http;
mod instances;
mod names;
mod partial;
mod proxy;
mod status;
mod trial;

use std::sync::Arc;
use std::time::Duration;

pub use self::grpc::{Balancer, ClientSettings, Compression, Keepalive};
pub use self::http::{Encoding, HttpClientSettings, HttpCompression, SignalUrl, retry_after};
use bytes::Bytes;
pub use error::{ClientError, ErrorKind, ExportError};
pub use instances::Instances;
use sluice_auth::ClientAuth;
use sluice_otlp::{SenderHeaders, Signal};
use sluice_pipeline::Accepted;
use smallvec::SmallVec;
pub use trial::Trial;

use self::grpc::GrpcClient;
use self::http::HttpClient;

/// What identifies us to a server.
const USER_AGENT: &str = concat!("Sluice/", env!("CARGO_PKG_VERSION"));

/// The largest answer that we read; OTLP's limit for clients.
const MAX_REPLY: usize = 4 * 1024 * 1024;

/// A request's body in pieces: joined, they are the message.
pub type Chunks = SmallVec<[Bytes; 2]>;

/// What leads to one backend. Cheap to clone; the clones share its connections.
#[derive(Clone, Debug)]
pub struct Client(Protocol);

#[derive(Clone, Debug)]
enum Protocol {
    Grpc(Arc<GrpcClient>),
    Http(Arc<HttpClient>),
}

impl Client {
    /// An OTLP/gRPC client for `host:port` or `[v6]:port`, perhaps behind `http://`, `https://`, `dns:///`, `dns://server/` or
    /// `passthrough:///`, or for `unix:path`.
    ///
    /// It connects when it is first used. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be meant; see [`ClientError`].
    pub fn grpc(endpoint: &str, settings: &ClientSettings) -> Result<Self, ClientError> {
        Ok(Self(Protocol::Grpc(Arc::new(GrpcClient::new(endpoint, settings, None)?))))
    }

    /// The same, and one of the first requests of each connection asks who answers, for `instances`.
    ///
    /// # Errors
    /// As [`grpc`](Self::grpc).
    pub fn grpc_asking(
        endpoint: &str,
        settings: &ClientSettings,
        instances: Arc<Instances>,
    ) -> Result<Self, ClientError> {
        Ok(Self(Protocol::Grpc(Arc::new(GrpcClient::new(endpoint, settings, Some(instances))?))))
    }

    /// An OTLP/HTTP client that posts each signal to its URL; all are of one server.
    ///
    /// It connects when it is first used. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be meant; see [`ClientError`].
    pub fn http(urls: &[(Signal, SignalUrl)], settings: &HttpClientSettings) -> Result<Self, ClientError> {
        Ok(Self(Protocol::Http(Arc::new(HttpClient::new(urls, settings)?))))
    }

    /// What completes the headers of requests.
    #[must_use]
    pub fn auth(&self) -> Option<&ClientAuth> {
        match &self.0 {
            Protocol::Grpc(client) => client.auth(),
            Protocol::Http(client) => client.auth(),
        }
    }

    /// Sends one request and waits for the answer, for at most `timeout` (zero: without end). `sender` is what
    /// [`auth`](Self::auth) has asked for of the headers that the data came with.
    ///
    /// # Errors
    /// Says whether sending it again can help; a missing answer is [`ErrorKind::Retryable`].
    pub async fn export(
        &self,
        signal: Signal,
        chunks: Chunks,
        timeout: Duration,
        sender: Option<&SenderHeaders>,
    ) -> Result<Accepted, ExportError> {
        let call = async {
            match &self.0 {
                Protocol::Grpc(client) => client.call(signal, chunks, timeout, sender).await,
                Protocol::Http(client) => client.call(signal, chunks, sender).await,
            }
        };
        if timeout.is_zero() {
            return call.await;
        }
        tokio::time::timeout(timeout, call).await.unwrap_or_else(|_elapsed| Err(status::no_answer(timeout)))
    }
}
