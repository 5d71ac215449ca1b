use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use sluice_pipeline::Accepted;

use super::reply::{self, ReplyBody};
use super::{message, method, timeout};
use crate::connection::Peer;
use crate::intake::Arrival;
use crate::rejection::{Cause, Rejection};
use crate::shared::Shared;

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) shared: Arc<Shared>,
    pub(super) peer: Arc<Peer>,
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Response<ReplyBody> {
        let path = request.uri().path().to_owned();
        if let Some((status, rejection)) = not_grpc(request.method(), request.headers()) {
            self.shared.rejected(&self.peer, &path, &rejection);
            return reply::not_grpc(status);
        }
        // Only who may send, and asks, is told who we are.
        let instance = sluice_instance::answer(request.headers());
        match self.export(request).await {
            Ok(accepted) => {
                let mut reply = reply::success(&accepted);
                reply.headers_mut().extend(instance.map(|instance| (sluice_instance::HEADER, instance)));
                reply
            }
            Err(rejection) => {
                self.shared.rejected(&self.peer, &path, &rejection);
                reply::failure(&rejection)
            }
        }
    }

    async fn export(&self, request: Request<Incoming>) -> Result<Accepted, Rejection> {
        let now = Instant::now();
        let shared = &self.shared;
        let (parts, mut body) = request.into_parts();
        shared.admit(&parts.headers).await?;
        let signal = method::signal_of(parts.uri.path())?;
        // All that can be refused without the body is refused before it is read.
        shared.intake.consumer(signal)?;
        let encoding = message::encoding(&parts.headers)?;
        let mut hold = shared.budget.admit()?;
        let deadline = timeout::deadline(&parts.headers, now);
        let reading = message::read(&mut body, encoding, shared.limits.max_message_bytes, &mut hold);
        let body = shared.in_time(now, deadline, reading).await?;
        let (headers, connection) = (Arc::new(parts.headers), self.peer.number);
        shared.intake.take(Arrival { signal, body, headers, connection, deadline, hold }).await
    }
}

/// What the protocol asks for a request that is not one of its own.
fn not_grpc(method: &Method, headers: &HeaderMap) -> Option<(StatusCode, Rejection)> {
    if method != Method::POST {
        let rejection = Rejection::new(Cause::MethodNotAllowed, format!("{method} is no method of gRPC"));
        return Some((StatusCode::METHOD_NOT_ALLOWED, rejection));
    }
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_grpc = match content_type.strip_prefix(b"application/grpc") {
        Some(rest) => rest.is_empty() || rest == b"+proto" || rest.starts_with(b";"),
        None => false,
    };
    (!is_grpc).then(|| {
        let content_type = String::from_utf8_lossy(content_type);
        let message = format!("content type `{content_type}` is not gRPC's; OTLP/HTTP has a port of its own");
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Rejection::new(Cause::UnknownContentType, message))
    })
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ReplyBody>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let _busy = service.peer.activity.begin();
            Ok(service.answer(request).await)
        })
    }
}
