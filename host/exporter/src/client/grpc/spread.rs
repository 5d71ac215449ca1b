//! `round_robin`: a connection to each address of a name, which take turns.
//!
//! The name is looked up when the client starts, and again whenever a connection is lost or cannot be made, but not more
//! often than once a second. So a backend that leaves is found missing, and one that comes in its place is found.
//! A look-up that fails changes nothing. An address that cannot be reached is passed over: a request that no connection
//! took is sent over the next one at once.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Response;
use sluice_worker::Alive;
use smallvec::SmallVec;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tonic::Code;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::ServiceExt;

use super::Call;
use super::channel::Plan;
use crate::client::connector::{State, Way};
use crate::client::names::Names;
use crate::client::status::{is_unconnected, no_reply};
use crate::client::{ErrorKind, ExportError};

/// The shortest time between two look-ups.
const PAUSE: Duration = Duration::from_secs(1);

/// The connections to all addresses of a name. It looks the name up until it is dropped.
#[derive(Debug)]
pub(super) struct Spread {
    backends: Arc<Backends>,
    next: AtomicUsize,
    _following: JoinSet<()>,
}

#[derive(Debug)]
struct Backends {
    host: String,
    port: u16,
    names: Names,
    plan: Plan,
    /// None until the first answer; then the last good one, or why there never was one.
    current: watch::Sender<Option<Result<Members, String>>>,
    trouble: Arc<Notify>,
}

type Members = Arc<[Member]>;

/// The connection to one address.
#[derive(Clone, Debug)]
struct Member {
    address: SocketAddr,
    channel: Channel,
    state: Arc<State>,
}

impl Spread {
    /// Begins to look the name up. Needs a tokio runtime.
    pub(super) fn start(host: String, port: u16, names: Names, plan: Plan) -> Arc<Self> {
        let (current, trouble) = (watch::Sender::new(None), Arc::new(Notify::new()));
        let backends = Arc::new(Backends { host, port, names, plan, current, trouble });
        let mut following = JoinSet::new();
        following.spawn(Arc::clone(&backends).follow());
        Arc::new(Self { backends, next: AtomicUsize::new(0), _following: following })
    }

    /// Sends a request over the connection whose turn it is.
    pub(super) async fn send(&self, call: Call) -> Result<Response<Body>, ExportError> {
        let members = self.members().await?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let promising: SmallVec<[bool; 8]> =
            members.iter().map(|member| member.state.is_promising()).collect();
        let mut last = None;
        for position in order(&promising, turn) {
            let Some(member) = members.get(position) else { continue };
            match member.channel.clone().oneshot(call.clone().request()).await {
                Ok(response) => return Ok(response),
                Err(error) if is_unconnected(&error) => last = Some(no_reply(&error)),
                Err(error) => return Err(no_reply(&error)),
            }
        }
        Err(last.unwrap_or_else(|| unavailable("there is no backend".to_owned())))
    }

    async fn members(&self) -> Result<Members, ExportError> {
        let mut current = self.backends.current.subscribe();
        let known = current.wait_for(Option::is_some).await.map(|known| known.clone());
        match known {
            Ok(Some(Ok(members))) => Ok(members),
            Ok(Some(Err(reason))) => {
                self.backends.trouble.notify_one();
                Err(unavailable(reason))
            }
            // Whoever looks names up lives as long as we do.
            Ok(None) | Err(_) => Err(unavailable("the name was not looked up".to_owned())),
        }
    }
}

/// Whom to try: those that are promising, from the one whose turn it is on; all where none is, for the reason why.
fn order(promising: &[bool], turn: usize) -> SmallVec<[usize; 8]> {
    let mut order: SmallVec<[usize; 8]> = (0..promising.len()).filter(|at| promising[*at]).collect();
    if order.is_empty() {
        order.extend(0..promising.len());
    }
    if !order.is_empty() {
        let first = turn % order.len();
        order.rotate_left(first);
    }
    order
}

impl Backends {
    async fn follow(self: Arc<Self>) {
        let _alive = Alive::new(format!("looking up {}", self.host));
        let mut has_failed = false;
        loop {
            match self.names.look_up(&self.host).await {
                Ok(addresses) => {
                    has_failed = false;
                    self.update(addresses);
                }
                Err(error) => self.keep(&error, &mut has_failed),
            }
            tokio::time::sleep(PAUSE).await;
            self.trouble.notified().await;
        }
    }

    fn update(&self, addresses: Vec<IpAddr>) {
        let mut addresses: Vec<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, self.port)).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let before = self.current.borrow().clone().and_then(Result::ok).unwrap_or_default();
        if before.iter().map(|member| member.address).eq(addresses.iter().copied()) {
            return;
        }
        let known = |address: &SocketAddr| before.iter().find(|member| member.address == *address).cloned();
        let members =
            addresses.iter().map(|address| known(address).map_or_else(|| self.member(*address), Ok));
        match members.collect::<Result<Members, _>>() {
            Ok(members) => {
                tracing::info!(host = self.host, ?addresses, "backend addresses have changed");
                self.current.send_replace(Some(Ok(members)));
            }
            Err(error) => tracing::error!(host = self.host, %error, "backend addresses cannot be used"),
        }
    }

    fn keep(&self, error: &io::Error, has_failed: &mut bool) {
        if !std::mem::replace(has_failed, true) {
            tracing::warn!(host = self.host, %error, "failed to resolve; the backends stay as they were");
        }
        self.current.send_if_modified(|current| {
            let is_first = !matches!(current, Some(Ok(_)));
            if is_first {
                *current = Some(Err(error.to_string()));
            }
            is_first
        });
    }

    fn member(&self, address: SocketAddr) -> Result<Member, crate::ClientError> {
        let connector = self.plan.connector(Way::Direct(Names::System)).telling(Arc::clone(&self.trouble));
        let state = Arc::clone(connector.state());
        Ok(Member { address, channel: self.plan.channel(&address.to_string(), connector)?, state })
    }
}

fn unavailable(message: String) -> ExportError {
    ExportError { kind: ErrorKind::Retryable { after: None }, code: Code::Unavailable, message }
}

#[cfg(test)]
#[path = "spread_tests.rs"]
mod tests;
