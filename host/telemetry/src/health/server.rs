use std::io;
use std::net::SocketAddr;
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{StatusCode, Uri};
use sluice_listen::{BindError, Listener};
use sluice_tls::ServerTls;
use tokio::runtime;
use tokio_util::sync::CancellationToken;

use super::Health;
use super::report::Report;
use crate::http1;

/// Tells liveness at `/`, `/health` and the configured path, readiness at `/ready`.
#[derive(Debug)]
pub struct HealthServer {
    listener: Listener,
    path: String,
    tls: Option<ServerTls>,
    bodies: Bodies,
}

/// What is answered in place of a report, where anything is.
#[derive(Clone, Debug, Default)]
pub struct Bodies {
    /// While all is well.
    pub healthy: Option<String>,
    /// While it is not.
    pub unhealthy: Option<String>,
}

/// A health server at work. It ends when this is dropped.
#[derive(Debug)]
pub struct RunningHealthServer {
    address: SocketAddr,
    shutdown: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl HealthServer {
    /// Listens at `endpoint` (`host:port`, port 0 for any). `path` is the Collector's `path`, by default `/`.
    ///
    /// # Errors
    /// Says what is wrong with the endpoint. [`BindError::is_in_use`] tells a taken address, which at the
    /// default address is worth a warning only.
    pub fn bind(endpoint: &str, path: &str) -> Result<Self, BindError> {
        Ok(Self {
            listener: Listener::bind(endpoint)?,
            path: path.to_owned(),
            tls: None,
            bodies: Bodies::default(),
        })
    }

    /// With these bodies, and TLS where there is any.
    #[must_use]
    pub fn with(self, tls: Option<ServerTls>, bodies: Bodies) -> Self {
        Self { tls, bodies, ..self }
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Serves `health` from a thread and a runtime of its own, so that it can still tell that the
    /// gateway's runtime is stuck.
    ///
    /// # Errors
    /// When the operating system gives no thread or no event queue.
    pub fn start(self, health: Health) -> io::Result<RunningHealthServer> {
        let address = self.local_addr();
        let shutdown = CancellationToken::new();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let routes = routes(&self.path, &health, self.bodies);
        let serving = http1::serve_secured(self.listener, self.tls, routes, shutdown.clone());
        let thread = Builder::new().name("sluice-health".to_owned()).spawn(move || {
            if let Err(error) = runtime.block_on(serving) {
                tracing::error!(%error, "the health server has ended");
            }
        })?;
        Ok(RunningHealthServer { address, shutdown, thread: Some(thread) })
    }
}

impl RunningHealthServer {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for RunningHealthServer {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            // It logs its own errors, and a panic in it has no further consequence here.
            let _ = thread.join();
        }
    }
}

/// Paths are compared as they are: a configured one must not be taken for the router's pattern.
fn routes(path: &str, health: &Health, bodies: Bodies) -> Router {
    let (configured, health) = (path.to_owned(), health.clone());
    Router::new().fallback(move |uri: Uri| async move {
        match uri.path() {
            "/ready" => answer(&Report::readiness(&health, Instant::now()), &bodies),
            "/" | "/health" => answer(&Report::liveness(&health, Instant::now()), &bodies),
            path if path == configured => answer(&Report::liveness(&health, Instant::now()), &bodies),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

fn answer(report: &Report, bodies: &Bodies) -> Response {
    let status = report.status_code();
    let text = if status == StatusCode::OK { &bodies.healthy } else { &bodies.unhealthy };
    if let Some(text) = text {
        return (status, [(CACHE_CONTROL, "no-store")], text.clone()).into_response();
    }
    match serde_json::to_vec(report) {
        Ok(body) => {
            let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
            (status, headers, body).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
