//! Opens connections for both protocols: TCP, perhaps through a proxy, or a Unix socket; then TLS where it is asked for.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use sluice_tls::ClientConnector;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Notify;
use tower::Service;

use super::connection::{Connection, Stream};
use super::instances::Instances;
use super::names::Names;
use super::proxy::Proxy;
use super::status::describe;
use crate::{Backoff, RetrySettings};

/// The longest that an attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a peer's system may leave bytes unacknowledged before the connection counts as lost: a host that vanished
/// would else be waited for until TCP gives up, a quarter of an hour.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Leaves an attempt some of its time, so that it learns why there is no connection.
pub(super) fn connect_timeout(attempt: Duration) -> Duration {
    if attempt.is_zero() { CONNECT_TIMEOUT } else { (attempt * 3 / 4).min(CONNECT_TIMEOUT) }
}

/// Where connections lead to.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// To the host that the request names; a name is looked up for each connection.
    Direct(Names),
    /// To a socket of this machine.
    Unix(PathBuf),
    /// To a proxy, which leads on.
    Proxy(Proxy),
}

/// Opens connections, but after a failure not at once again: until the pause is over, requests fail at once
/// with what was wrong, instead of each waiting for its own attempt.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    tcp: Tcp,
    way: Way,
    tls: Option<ClientConnector>,
    /// For all that belongs to a connection together.
    timeout: Duration,
    state: Arc<State>,
}

/// What opens TCP connections.
pub(super) type Tcp = HttpConnector<Names>;

/// How the connections of one connector fare.
#[derive(Debug, Default)]
pub(super) struct State {
    pause: Mutex<Option<Pause>>,
    open: AtomicUsize,
    opening: AtomicUsize,
    /// Told of each connection that is lost, and of each attempt that fails.
    trouble: Option<Arc<Notify>>,
    /// Told of each connection that is made.
    instances: Option<Arc<Instances>>,
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

impl State {
    /// Whether a request may be answered: there is a connection, or nothing speaks against trying for one.
    pub(super) fn is_promising(&self) -> bool {
        let is_idle = || self.opening.load(Ordering::Relaxed) == 0 && self.paused().is_none();
        self.open.load(Ordering::Relaxed) > 0 || is_idle()
    }

    /// What was wrong the last time, while we pause.
    fn paused(&self) -> Option<io::Error> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pause.as_ref().filter(|pause| Instant::now() < pause.until)?;
        Some(io::Error::other(pause.error.clone()))
    }

    fn succeeded(&self) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(instances) = &self.instances {
            instances.ask();
        }
    }

    fn failed(&self, error: &io::Error) {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let settings = pauses();
        let mut backoff = pause.take().map_or_else(|| Backoff::new(&settings, now), |pause| pause.backoff);
        let wait = backoff.after_failure(&settings, now, None, fastrand::f64()).unwrap_or_default();
        *pause = Some(Pause { backoff, until: now + wait, error: error.to_string() });
        drop(pause);
        self.tell_of_trouble();
    }

    fn tell_of_trouble(&self) {
        if let Some(trouble) = &self.trouble {
            trouble.notify_one();
        }
    }
}

/// Counts an attempt while it lasts.
struct Opening(Arc<State>);

impl Opening {
    fn new(state: &Arc<State>) -> Self {
        state.opening.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(state))
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.opening.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a connection while it lasts.
#[derive(Debug)]
pub(super) struct Open(Arc<State>);

impl Open {
    fn new(state: &Arc<State>) -> Self {
        state.open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(state))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.tell_of_trouble();
    }
}

impl Connector {
    pub(super) fn new(timeout: Duration, way: Way, tls: Option<ClientConnector>) -> Self {
        let mut tcp = Tcp::new_with_resolver(match &way {
            Way::Direct(names) => *names,
            Way::Unix(_) | Way::Proxy(_) => Names::System,
        });
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(UNACKNOWLEDGED));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self { tcp, way, tls, timeout, state: Arc::default() }
    }

    /// The same, and what each connection leads to is asked who it is.
    pub(super) fn asking(self, instances: Option<Arc<Instances>>) -> Self {
        Self { state: Arc::new(State { instances, ..State::default() }), ..self }
    }

    /// The same, and tells somebody of trouble.
    pub(super) fn telling(self, trouble: Arc<Notify>) -> Self {
        let instances = self.state.instances.clone();
        Self { state: Arc::new(State { trouble: Some(trouble), instances, ..State::default() }), ..self }
    }

    pub(super) fn state(&self) -> &Arc<State> {
        &self.state
    }

    async fn connect(mut self, uri: Uri) -> io::Result<Connection> {
        match self.way.clone() {
            Way::Direct(_) => {
                let connected = self.tcp.call(uri).await;
                self.secure(stream(connected)?).await
            }
            Way::Unix(path) => match UnixStream::connect(&path).await {
                Ok(stream) => self.secure(stream).await,
                Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
            },
            Way::Proxy(proxy) if self.tls.is_some() => {
                self.secure(stream(proxy.tunnel(self.tcp.clone()).call(uri).await)?).await
            }
            // Without TLS a proxy is asked for each request, not for a tunnel.
            Way::Proxy(proxy) => {
                let stream = stream(self.tcp.call(proxy.uri().clone()).await)?;
                Ok(Connection::to_proxy(Box::new(stream)))
            }
        }
    }

    /// Shakes hands over a connection, where it is to be secure.
    async fn secure(&self, stream: impl Stream + 'static) -> io::Result<Connection> {
        match &self.tls {
            Some(tls) => Ok(Connection::secure(tls.connect(stream).await?)),
            None => Ok(Connection::plain(Box::new(stream))),
        }
    }
}

/// What the libraries connect by; the caller waits for it anyway.
fn stream<E: std::error::Error + 'static>(connected: Result<TokioIo<TcpStream>, E>) -> io::Result<TcpStream> {
    connected.map(TokioIo::into_inner).map_err(|error| io::Error::other(describe(&error)))
}

impl Service<Uri> for Connector {
    type Response = Connection;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Connection>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_ready(context).map_err(io::Error::other)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Some(error) = self.state.paused() {
            return Box::pin(std::future::ready(Err(error)));
        }
        let (this, opening) = (self.clone(), Opening::new(&self.state));
        Box::pin(async move {
            let (state, timeout) = (Arc::clone(&this.state), this.timeout);
            let result = match tokio::time::timeout(timeout, this.connect(uri)).await {
                Ok(result) => result,
                Err(_elapsed) => Err(io::Error::other(format!("no connection within {timeout:?}"))),
            };
            let result = match result {
                Ok(connection) => {
                    state.succeeded();
                    Ok(connection.counted(Open::new(&state)))
                }
                Err(error) => {
                    state.failed(&error);
                    Err(error)
                }
            };
            drop(opening);
            result
        })
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;
