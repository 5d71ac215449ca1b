use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use sluice_auth::ClientAuth;
use sluice_tls::{ClientConnector, ClientStream};
use tokio::net::TcpStream;
use tokio_util::either::Either;
use tonic::transport::{Channel, Endpoint};
use tower::Service;

use super::status::describe;
use super::{ClientError, ClientSettings, endpoint, headers};
use crate::{Backoff, RetrySettings};

/// Answers are small, but a window that never closes costs nothing.
const WINDOW: u32 = 8 * 1024 * 1024;

/// The longest that an attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a peer's system may leave bytes unacknowledged before the connection counts as lost: a host that vanished
/// would else be waited for until TCP gives up, a quarter of an hour.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Requests of one client that may wait for the transport; more wait for these.
const WAITING_REQUESTS: usize = 1024;

/// A channel that connects when it is used.
pub(super) fn channel(address: &str, settings: &ClientSettings) -> Result<Channel, ClientError> {
    let refuse = |reason: String| ClientError::Endpoint { endpoint: address.to_owned(), reason };
    let target = endpoint::parse(address)?;
    let tls = settings.tls.connector(target.authority.host(), target.wants_tls)?;
    if tls.is_none() && settings.auth.as_ref().is_some_and(ClientAuth::is_secret) {
        return Err(ClientError::Unprotected { endpoint: address.to_owned() });
    }
    let scheme = if tls.is_some() { "https" } else { "http" };

    let timeout = connect_timeout(settings.timeout);
    let mut endpoint = Endpoint::from(origin(scheme, target.authority.as_str())?)
        .user_agent(headers::USER_AGENT)
        .map_err(|error| refuse(describe(&error)))?
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .buffer_size(WAITING_REQUESTS);
    if let Some(authority) = settings.authority.as_deref().or(settings.tls.server_name_override()) {
        endpoint = endpoint.origin(origin(scheme, authority)?);
    }
    if let Some(keepalive) = settings.keepalive {
        endpoint = endpoint
            .http2_keep_alive_interval(keepalive.time)
            .keep_alive_timeout(keepalive.timeout)
            .keep_alive_while_idle(keepalive.permit_without_stream);
    }
    Ok(endpoint.connect_with_connector_lazy(Connector::new(timeout, tls)))
}

fn origin(scheme: &str, authority: &str) -> Result<Uri, ClientError> {
    let built = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
    built.map_err(|error| ClientError::Endpoint { endpoint: authority.to_owned(), reason: error.to_string() })
}

/// Leaves an attempt some of its time, so that it learns why there is no connection.
fn connect_timeout(attempt: Duration) -> Duration {
    if attempt.is_zero() { CONNECT_TIMEOUT } else { (attempt * 3 / 4).min(CONNECT_TIMEOUT) }
}

/// A connection, with TLS or without.
type Connection = TokioIo<Either<TcpStream, Box<ClientStream<TcpStream>>>>;

/// Opens connections, but after a failure not at once again: until the pause is over, requests fail at once
/// with what was wrong, instead of each waiting for its own attempt.
#[derive(Clone, Debug)]
struct Connector {
    tcp: HttpConnector,
    tls: Option<ClientConnector>,
    /// For TCP and TLS together.
    timeout: Duration,
    pause: Arc<Mutex<Option<Pause>>>,
}

/// Failed attempts in a row.
#[derive(Debug)]
struct Pause {
    backoff: Backoff,
    until: Instant,
    error: String,
}

/// Short, since a refused attempt costs little and a backend that is back should be found soon.
fn pauses() -> RetrySettings {
    RetrySettings {
        initial_interval: Duration::from_millis(100),
        randomization_factor: 0.2,
        multiplier: 1.6,
        max_interval: Duration::from_secs(5),
        max_elapsed_time: Duration::ZERO,
        enabled: true,
    }
}

impl Connector {
    fn new(timeout: Duration, tls: Option<ClientConnector>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(UNACKNOWLEDGED));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self { tcp, tls, timeout, pause: Arc::default() }
    }

    /// What was wrong the last time, while we pause.
    fn paused(&self) -> Option<io::Error> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pause.as_ref().filter(|pause| Instant::now() < pause.until)?;
        Some(io::Error::other(pause.error.clone()))
    }

    fn settle(&self, result: &io::Result<Connection>) {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let Err(error) = result else {
            *pause = None;
            return;
        };
        let now = Instant::now();
        let settings = pauses();
        let mut backoff = pause.take().map_or_else(|| Backoff::new(&settings, now), |pause| pause.backoff);
        let wait = backoff.after_failure(&settings, now, None, fastrand::f64()).unwrap_or_default();
        *pause = Some(Pause { backoff, until: now + wait, error: error.to_string() });
    }
}

impl Service<Uri> for Connector {
    type Response = Connection;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Connection>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_ready(context).map_err(io::Error::other)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Some(error) = self.paused() {
            return Box::pin(std::future::ready(Err(error)));
        }
        let connected = self.tcp.call(uri);
        let this = self.clone();
        Box::pin(async move {
            let connecting = secure(connected, this.tls.as_ref());
            let result = match tokio::time::timeout(this.timeout, connecting).await {
                Ok(result) => result,
                Err(_elapsed) => Err(io::Error::other(format!("no connection within {:?}", this.timeout))),
            };
            this.settle(&result);
            result
        })
    }
}

/// Shakes hands over a connection, where it is to be secure.
async fn secure<E: std::error::Error + 'static>(
    connected: impl Future<Output = Result<TokioIo<TcpStream>, E>>,
    tls: Option<&ClientConnector>,
) -> io::Result<Connection> {
    let tcp = connected.await.map_err(|error| io::Error::other(describe(&error)))?.into_inner();
    let stream = match tls {
        Some(tls) => Either::Right(Box::new(tls.connect(tcp).await?)),
        None => Either::Left(tcp),
    };
    Ok(TokioIo::new(stream))
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
