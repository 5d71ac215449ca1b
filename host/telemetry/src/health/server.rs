use std::io;
use std::net::SocketAddr;
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{StatusCode, Uri};
use sluice_listen::{BindError, Listener};
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
        Ok(Self { listener: Listener::bind(endpoint)?, path: path.to_owned() })
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
        let serving = http1::serve(self.listener, routes(&self.path, &health), shutdown.clone());
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
fn routes(path: &str, health: &Health) -> Router {
    let (configured, health) = (path.to_owned(), health.clone());
    Router::new().fallback(move |uri: Uri| async move {
        match uri.path() {
            "/ready" => answer(&Report::readiness(&health, Instant::now())),
            "/" | "/health" => answer(&Report::liveness(&health, Instant::now())),
            path if path == configured => answer(&Report::liveness(&health, Instant::now())),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

fn answer(report: &Report) -> Response {
    match serde_json::to_vec(report) {
        Ok(body) => {
            let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
            (report.status_code(), headers, body).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
