use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use sluice_auth::ServerAuth;
use sluice_pipeline::Accepted;
use tokio::time::timeout_at;

use super::reply::{self, ReplyBody};
use super::{message, method, timeout};
use crate::connection::Peer;
use crate::inflate::Encoding;
use crate::intake::{Arrival, Budget, Hold, Intake, too_late};
use crate::metrics::Handles;
use crate::rejection::{Cause, Rejection};
use crate::throttle::Throttle;

/// What bounds the reading of one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_message_bytes: usize,
    pub(crate) read_timeout: Duration,
}

/// What the connections of one gRPC server share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The receiver's id, for the log.
    id: String,
    auth: Option<ServerAuth>,
    intake: Intake,
    budget: Arc<Budget>,
    metrics: Arc<Handles>,
    limits: Limits,
    /// One per cause.
    log: [Throttle; Cause::ALL.len()],
}

/// At most one line per cause in this time.
const LOG_PERIOD: Duration = Duration::from_secs(10);

impl Shared {
    pub(crate) fn new(
        id: String,
        auth: Option<ServerAuth>,
        intake: Intake,
        budget: Budget,
        metrics: Arc<Handles>,
        limits: Limits,
    ) -> Self {
        let log = std::array::from_fn(|_| Throttle::new(LOG_PERIOD));
        Self { id, auth, intake, budget: Arc::new(budget), metrics, limits, log }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn metrics(&self) -> &Handles {
        &self.metrics
    }

    /// Waits until everything that a consumer has begun to take is taken.
    pub(crate) async fn finish(&self) {
        self.intake.finish().await;
    }

    async fn answer(&self, peer: &Peer, request: Request<Incoming>) -> Response<ReplyBody> {
        if let Some(status) = not_grpc(request.method(), request.headers()) {
            return reply::not_grpc(status);
        }
        let path = request.uri().path().to_owned();
        match self.export(peer, request).await {
            Ok(accepted) => reply::success(&accepted),
            Err(rejection) => {
                self.metrics.count_rejected(rejection.cause);
                self.log(peer, &path, &rejection);
                reply::failure(&rejection)
            }
        }
    }

    async fn export(&self, peer: &Peer, request: Request<Incoming>) -> Result<Accepted, Rejection> {
        let now = Instant::now();
        let (parts, body) = request.into_parts();
        if let Some(auth) = &self.auth {
            auth.admit(&parts.headers).await?;
        }
        let signal = method::signal_of(parts.uri.path())?;
        // All that can be refused without the body is refused before it is read.
        self.intake.consumer(signal)?;
        let encoding = message::encoding(&parts.headers)?;
        let mut hold = self.budget.admit()?;
        let deadline = timeout::deadline(&parts.headers, now);
        let body = self.read(body, encoding, now, deadline, &mut hold).await?;
        let headers = Arc::new(parts.headers);
        self.intake.take(Arrival { signal, body, headers, connection: peer.number, deadline, hold }).await
    }

    /// Reads the message within the client's deadline and ours.
    async fn read(
        &self,
        mut body: Incoming,
        encoding: Option<Encoding>,
        now: Instant,
        deadline: Option<Instant>,
        hold: &mut Hold,
    ) -> Result<Bytes, Rejection> {
        let ours = now + self.limits.read_timeout;
        let until = deadline.map_or(ours, |deadline| deadline.min(ours));
        let reading = message::read(&mut body, encoding, self.limits.max_message_bytes, hold);
        match timeout_at(until.into(), reading).await {
            Ok(message) => message,
            Err(_) if until < ours => Err(too_late()),
            Err(_) => {
                let message =
                    format!("the message did not arrive within {} s", self.limits.read_timeout.as_secs_f64());
                Err(Rejection::new(Cause::SlowClient, message))
            }
        }
    }

    fn log(&self, peer: &Peer, path: &str, rejection: &Rejection) {
        let cause = rejection.cause;
        let Some(more) = self.log[cause.index()].pass(Instant::now()) else { return };
        let (receiver, reason, error) = (&*self.id, cause.as_str(), &*rejection.message);
        let peer = peer.address;
        if cause == Cause::Panic {
            tracing::error!(receiver, %peer, path, reason, error, more, "request failed");
        } else {
            tracing::warn!(receiver, %peer, path, reason, error, more, "request rejected");
        }
    }
}

/// What the protocol asks for a request that is not one of its own.
fn not_grpc(method: &Method, headers: &HeaderMap) -> Option<StatusCode> {
    if method != Method::POST {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_grpc = match content_type.strip_prefix(b"application/grpc") {
        Some(rest) => rest.is_empty() || rest == b"+proto" || rest.starts_with(b";"),
        None => false,
    };
    (!is_grpc).then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) shared: Arc<Shared>,
    pub(crate) peer: Arc<Peer>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ReplyBody>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self { shared, peer } = self.clone();
        Box::pin(async move {
            let _busy = peer.activity.begin();
            Ok(shared.answer(&peer, request).await)
        })
    }
}
