use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::{BindError, bind};

/// A bound TCP socket. Clients can connect from now on; they are served once [`serve`](Self::serve) runs.
#[derive(Debug)]
pub struct Listener {
    socket: std::net::TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens at `endpoint`: `host:port`, with port 0 for any free one.
    ///
    /// # Errors
    /// Says what is wrong with the endpoint; see [`BindError`].
    pub fn bind(endpoint: &str) -> Result<Self, BindError> {
        let bound = bind::bind(endpoint).and_then(|socket| Ok((socket.local_addr()?, socket)));
        match bound {
            Ok((address, socket)) => Ok(Self { socket, address }),
            Err(kind) => Err(BindError { endpoint: endpoint.to_owned(), kind }),
        }
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until `shutdown`, and then waits until the last one has ended.
    ///
    /// Each connection runs as a task of its own. Above `max_connections` a new one is closed at once
    /// and `refused` is called, so that clients go elsewhere rather than hang in the backlog. Dropping
    /// the future ends everything.
    ///
    /// # Errors
    /// When the runtime cannot watch the socket; nothing after that ends the loop.
    pub async fn serve<F, S, R>(
        self,
        max_connections: usize,
        shutdown: CancellationToken,
        mut connected: S,
        refused: R,
    ) -> io::Result<()>
    where
        S: FnMut(TcpStream, SocketAddr) -> F,
        F: Future<Output = ()> + Send + 'static,
        R: Fn(SocketAddr),
    {
        let listener = TcpListener::from_std(self.socket)?;
        let mut connections = JoinSet::new();
        let mut backoff = Backoff::default();
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => break,
                Some(_) = connections.join_next() => continue,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    backoff.reset();
                    if connections.len() < max_connections {
                        connections.spawn(connected(stream, peer));
                    } else {
                        refused(peer);
                    }
                }
                Err(error) => wait_after(&error, &mut backoff, self.address).await,
            }
        }
        // From here on the kernel refuses clients, which sends them elsewhere.
        drop(listener);
        while connections.join_next().await.is_some() {}
        Ok(())
    }
}

async fn wait_after(error: &io::Error, backoff: &mut Backoff, address: SocketAddr) {
    let Some(wait) = backoff.after(error) else { return };
    if backoff.is_first() {
        tracing::warn!(%address, %error, "cannot accept connections, trying again");
    }
    tokio::time::sleep(wait).await;
}

#[cfg(test)]
#[path = "listener_tests.rs"]
mod tests;
