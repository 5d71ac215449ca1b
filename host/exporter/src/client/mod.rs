//! An OTLP/gRPC client that passes wire bytes on.
//!
//! One HTTP/2 connection carries all requests of a client at the same time; tonic's transport opens it when
//! it is first needed and again when it is lost; after a failure not at once, so that a dead backend costs little.
//! The gRPC framing is our own: a body may come in chunks, leaves without being copied, and is compressed in any of
//! four forms. tonic's codec copies it, does not know snappy, and sets up a compressor for each request: measured,
//! it takes 1.2 to 4.6 times the CPU for plain bodies, and 2.6 to 11 times for gzip (at its level, which is 6).

mod compress;
mod connect;
mod endpoint;
mod error;
mod headers;
mod message;
mod partial;
mod reply;
mod settings;
mod status;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
pub use error::{ClientError, ErrorKind, ExportError};
use http::{HeaderMap, Method, Request, Uri, Version};
pub use settings::{ClientSettings, Compression, Keepalive};
use sluice_auth::ClientAuth;
use sluice_otlp::{SenderHeaders, Signal};
use sluice_pipeline::Accepted;
use smallvec::SmallVec;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::ServiceExt;

/// A request's body in pieces: joined, they are the message.
pub type Chunks = SmallVec<[Bytes; 2]>;

/// A connection to one backend. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    headers: Arc<HeaderMap>,
    auth: Option<ClientAuth>,
    compression: Compression,
}

impl Client {
    /// A client for `host:port`, `http://host:port`, `https://host:port` or `[v6]:port`.
    ///
    /// It connects when it is first used. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings cannot be meant; see [`ClientError`].
    pub fn new(endpoint: &str, settings: &ClientSettings) -> Result<Self, ClientError> {
        Ok(Self {
            headers: Arc::new(headers::template(settings)?),
            channel: connect::channel(endpoint, settings)?,
            auth: settings.auth.clone(),
            compression: settings.compression,
        })
    }

    /// What completes the headers of requests.
    #[must_use]
    pub fn auth(&self) -> Option<&ClientAuth> {
        self.auth.as_ref()
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
        let call = self.call(signal, chunks, timeout, sender);
        if timeout.is_zero() {
            return call.await;
        }
        tokio::time::timeout(timeout, call).await.unwrap_or_else(|_elapsed| Err(status::no_answer(timeout)))
    }

    async fn call(
        &self,
        signal: Signal,
        chunks: Chunks,
        timeout: Duration,
        sender: Option<&SenderHeaders>,
    ) -> Result<Accepted, ExportError> {
        let message = message::frame(chunks, self.compression).await?;
        let mut request = Request::new(Body::new(message));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::from_static(path(signal));
        *request.headers_mut() = (*self.headers).clone();
        if let Some(auth) = &self.auth {
            auth.apply(request.headers_mut(), sender.map_or(&[], |sender| &**sender));
        }
        headers::set_timeout(request.headers_mut(), timeout);
        let response =
            self.channel.clone().oneshot(request).await.map_err(|error| status::no_reply(&error))?;
        let body = reply::read(response).await?;
        partial::accepted(&body)
    }
}

/// The method that exports a signal; the origin is added by the transport.
const fn path(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    }
}
