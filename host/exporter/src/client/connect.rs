use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};
use tower::Service;

use super::status::describe;
use super::{ClientError, ClientSettings, endpoint, headers, tls};
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
    let with_tls = tls::is_on(&settings.tls, &target);
    let scheme = if with_tls { "https" } else { "http" };

    let timeout = connect_timeout(settings.timeout);
    let mut endpoint = Endpoint::from(origin(scheme, target.authority.as_str())?)
        .user_agent(headers::USER_AGENT)
        .map_err(|error| refuse(describe(&error)))?
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .buffer_size(WAITING_REQUESTS);
    if let Some(authority) = settings.authority.as_ref().or(settings.tls.server_name_override.as_ref()) {
        endpoint = endpoint.origin(origin(scheme, authority)?);
    }
    if let Some(keepalive) = settings.keepalive {
        endpoint = endpoint
            .http2_keep_alive_interval(keepalive.time)
            .keep_alive_timeout(keepalive.timeout)
            .keep_alive_while_idle(keepalive.permit_without_stream);
    }
    if with_tls {
        endpoint = tls::configure(endpoint, &settings.tls, timeout)?;
    }
    Ok(endpoint.connect_with_connector_lazy(Connector::new(timeout)))
}

fn origin(scheme: &str, authority: &str) -> Result<Uri, ClientError> {
    let built = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
    built.map_err(|error| ClientError::Endpoint { endpoint: authority.to_owned(), reason: error.to_string() })
}

/// Leaves an attempt some of its time, so that it learns why there is no connection.
fn connect_timeout(attempt: Duration) -> Duration {
    if attempt.is_zero() { CONNECT_TIMEOUT } else { (attempt * 3 / 4).min(CONNECT_TIMEOUT) }
}

/// Opens TCP connections, but after a failure not at once again: until the pause is over, requests fail at once
/// with what was wrong, instead of each waiting for its own attempt.
#[derive(Clone, Debug)]
struct Connector {
    tcp: HttpConnector,
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
    fn new(timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(UNACKNOWLEDGED));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self { tcp, timeout, pause: Arc::default() }
    }

    /// What was wrong the last time, while we pause.
    fn paused(&self) -> Option<io::Error> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pause.as_ref().filter(|pause| Instant::now() < pause.until)?;
        Some(io::Error::other(pause.error.clone()))
    }

    fn settle(&self, result: &io::Result<TokioIo<TcpStream>>) {
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
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<TokioIo<TcpStream>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_ready(context).map_err(io::Error::other)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Some(error) = self.paused() {
            return Box::pin(std::future::ready(Err(error)));
        }
        let connecting = tokio::time::timeout(self.timeout, self.tcp.call(uri));
        let this = self.clone();
        Box::pin(async move {
            let result = match connecting.await {
                Ok(connected) => connected.map_err(|error| io::Error::other(describe(&error))),
                Err(_elapsed) => Err(io::Error::other(format!("no connection within {:?}", this.timeout))),
            };
            this.settle(&result);
            result
        })
    }
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
