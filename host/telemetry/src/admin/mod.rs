//! The admin endpoint: what resolvers see, what tail samplers decided lately, and where that was allowed, the traces that they
//! decide on.
//!
//! The one thing that it changes, `/drain`, is done for programs on the same machine only. Decisions show no attribute of any
//! span, but trace ids and policies' reasons; traces show all that was not redacted, so that they have to be allowed. It listens
//! on loopback unless the configuration says otherwise.

mod captures;
mod decisions;
mod drain;
mod resolvers;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
pub use axum::body::{Body, Bytes};
use axum::routing::{get, post};
pub use captures::{CaptureRefusal, CaptureRequest, Captures, MOST_SECONDS};
pub use decisions::{Decisions, Question};
pub use drain::{Drain, Draining};
pub use resolvers::Resolvers;
use sluice_listen::{BindError, Listener};
use tokio_util::sync::CancellationToken;

use crate::http1;

/// How long a connection may take as a whole: the longest capture, and some time to fetch the end of it.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(MOST_SECONDS + 30);

/// Serves `/decisions`, `/resolvers`, `/capture` and `/drain` over HTTP/1.1.
#[derive(Debug)]
pub struct AdminServer {
    listener: Listener,
}

/// What the endpoint answers with.
#[derive(Clone)]
pub struct Answers {
    /// To `/decisions`.
    pub decisions: Decisions,
    /// To `/resolvers`.
    pub resolvers: Resolvers,
    /// To `/capture`.
    pub captures: Captures,
    /// To `/drain`.
    pub drain: Drain,
}

impl AdminServer {
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

    /// Serves until `shutdown`.
    ///
    /// # Errors
    /// When the runtime cannot watch the socket.
    pub async fn serve(self, answers: Answers, shutdown: CancellationToken) -> io::Result<()> {
        let decisions =
            Router::new().route("/decisions", get(decisions::answer)).with_state(answers.decisions);
        let resolvers =
            Router::new().route("/resolvers", get(resolvers::answer)).with_state(answers.resolvers);
        let captures = Router::new().route("/capture", post(captures::answer)).with_state(answers.captures);
        let drain = Router::new().route("/drain", post(drain::begin)).with_state(answers.drain);
        let routes = decisions.merge(resolvers).merge(captures).merge(drain);
        http1::serve_for(self.listener, routes, CONNECTION_TIMEOUT, shutdown).await
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}
