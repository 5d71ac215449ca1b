use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use sluice_listen::{BindError, Listener};
use tokio_util::sync::CancellationToken;

use super::names::Names;
use crate::http1;

/// Prometheus' own format, in which names may be any.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What [`text::encode`] writes; Prometheus needs the header to read it as such.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves the registry at `/metrics` over HTTP/1.1.
#[derive(Debug)]
pub struct MetricsServer {
    listener: Listener,
}

impl MetricsServer {
    /// Listens at `endpoint` (`host:port`, port 0 for any).
    ///
    /// # Errors
    /// Says what is wrong with the endpoint. [`BindError::is_in_use`] tells a taken address, which at the
    /// default address is worth a warning only.
    pub fn bind(endpoint: &str) -> Result<Self, BindError> {
        Ok(Self { listener: Listener::bind(endpoint)? })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Serves until `shutdown`, with names as `names` says.
    ///
    /// # Errors
    /// When the runtime cannot watch the socket.
    pub async fn serve(
        self,
        registry: Arc<Registry>,
        names: Names,
        shutdown: CancellationToken,
    ) -> io::Result<()> {
        let routes = Router::new().route("/metrics", get(scrape)).with_state((registry, names));
        http1::serve(self.listener, routes, shutdown).await
    }
}

async fn scrape(State((registry, names)): State<(Arc<Registry>, Names)>) -> Response {
    let mut page = String::new();
    match text::encode(&mut page, &registry) {
        Ok(()) if !names.are_whole() => ([(CONTENT_TYPE, TEXT)], names.shorten(&page)).into_response(),
        Ok(()) => ([(CONTENT_TYPE, OPENMETRICS)], page).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "a metric could not be written\n").into_response(),
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
