//! OTLP/gRPC.
//!
//! One HTTP/2 connection to each address carries all requests of a client at the same time; tonic's transport opens it when
//! it is first needed and again when it is lost; after a failure not at once, so that a dead backend costs little.
//! The gRPC framing is our own: a body may come in chunks, leaves without being copied, and is compressed in any of
//! four forms. tonic's codec copies it, does not know snappy, and sets up a compressor for each request: measured,
//! it takes 1.2 to 4.6 times the CPU for plain bodies, and 2.6 to 11 times for gzip (at its level, which is 6).

mod channel;
mod endpoint;
mod headers;
mod message;
mod reply;
mod settings;
mod spread;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Uri, Version};
pub use settings::{Balancer, ClientSettings, Compression, Keepalive};
use sluice_auth::ClientAuth;
use sluice_instance::InstanceId;
use sluice_otlp::{SenderHeaders, Signal};
use sluice_pipeline::Accepted;
use tonic::body::Body;

use self::channel::Transport;
pub(super) use self::channel::connector;
use self::message::Message;
use super::instances::{Instances, Question};
use super::{Chunks, ClientError, ExportError, partial, status};

/// What leads to one backend.
#[derive(Debug)]
pub(super) struct GrpcClient {
    transport: Transport,
    headers: HeaderMap,
    auth: Option<ClientAuth>,
    compression: Compression,
    /// Where what answers is to be known.
    instances: Option<Arc<Instances>>,
}

impl GrpcClient {
    /// With `instances`, what each connection leads to is asked who it is.
    pub(super) fn new(
        endpoint: &str,
        settings: &ClientSettings,
        instances: Option<Arc<Instances>>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            headers: headers::template(settings)?,
            transport: Transport::new(endpoint, settings, instances.clone())?,
            auth: settings.auth.clone(),
            compression: settings.compression,
            instances,
        })
    }

    pub(super) fn auth(&self) -> Option<&ClientAuth> {
        self.auth.as_ref()
    }

    pub(super) async fn call(
        &self,
        signal: Signal,
        chunks: Chunks,
        timeout: Duration,
        sender: Option<&SenderHeaders>,
    ) -> Result<Accepted, ExportError> {
        let question = self.instances.as_deref().and_then(Instances::due);
        self.call_asking(signal, chunks, timeout, sender, question).await
    }

    /// The same, and asks who it is that answers.
    pub(super) async fn call_asking(
        &self,
        signal: Signal,
        chunks: Chunks,
        timeout: Duration,
        sender: Option<&SenderHeaders>,
        question: Option<Question<'_>>,
    ) -> Result<Accepted, ExportError> {
        let message = message::frame(chunks, self.compression).await?;
        let mut headers = self.headers.clone();
        if let Some(auth) = &self.auth {
            auth.ready().await.map_err(|error| status::not_ready(&error))?;
            auth.apply(&mut headers, sender.map_or(&[], |sender| &**sender));
        }
        headers::set_timeout(&mut headers, timeout);
        if question.is_some() {
            headers.insert(sluice_instance::HEADER, sluice_instance::QUESTION);
        }
        let call = Call { path: path(signal), headers, message };
        let response = self.transport.send(call).await?;
        let instance = question.as_ref().and_then(|_| InstanceId::of(response.headers()));
        let body = reply::read(response).await?;
        if let Some(question) = question {
            question.answered(instance);
        }
        partial::accepted(&body)
    }
}

/// A request that can be made more than once.
#[derive(Clone, Debug)]
struct Call {
    path: &'static str,
    headers: HeaderMap,
    message: Message,
}

impl Call {
    fn request(self) -> Request<Body> {
        let mut request = Request::new(Body::new(self.message));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::from_static(self.path);
        *request.headers_mut() = self.headers;
        request
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
