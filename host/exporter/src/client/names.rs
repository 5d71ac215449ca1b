use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

/// Who tells the addresses of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// The system, as its settings say.
    System,
    /// One name server.
    Server(SocketAddr),
}

/// How long a name server may take.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Names {
    /// The addresses of a name, at least one, in the order of the answer.
    pub(super) async fn look_up(self, host: &str) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((host, 0)).await;
                let found =
                    found.map_err(|error| io::Error::new(error.kind(), format!("{host}: {error}")))?;
                let found: Vec<_> = found.map(|address| address.ip()).collect();
                if found.is_empty() {
                    Err(io::Error::other(format!("{host} has no address")))
                } else {
                    Ok(found)
                }
            }
            Self::Server(server) => {
                sluice_resolver::look_up(host, &[server], TIMEOUT).await.map_err(io::Error::other)
            }
        }
    }
}

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let names = *self;
        Box::pin(async move {
            let addresses = names.look_up(name.as_str()).await?;
            let addresses: Vec<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
            Ok(addresses.into_iter())
        })
    }
}
