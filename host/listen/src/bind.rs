use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;

use crate::endpoint;

/// Connections that the kernel completes for us before we accept them; the kernel's own limit
/// (`net.core.somaxconn`, usually 4096) applies on top. The standard library's 128 makes clients wait
/// for a second when many of them connect at once, as after a restart.
const BACKLOG: i32 = 1024;

/// Why a server could not listen at its endpoint.
#[derive(Debug, Error)]
#[error("cannot listen at {endpoint}: {kind}")]
pub struct BindError {
    /// The endpoint as it was configured.
    pub endpoint: String,
    /// What is wrong with it.
    pub kind: BindErrorKind,
}

/// What is wrong with an endpoint.
#[derive(Debug, Error)]
pub enum BindErrorKind {
    /// It is not `host:port`.
    #[error("an endpoint is host:port, for example 0.0.0.0:4317, [::1]:4317 or localhost:4317")]
    Endpoint,
    /// Its host has no address.
    #[error("the host is unknown; use an address of this machine, or 0.0.0.0 for all of them")]
    UnknownHost,
    /// Somebody else listens there.
    #[error("the address is already in use; stop the process that uses it, or choose another port")]
    InUse,
    /// The address is not one of this machine.
    #[error("this machine has no such address; use one that it has, or 0.0.0.0 for all of them")]
    NotLocal,
    /// Ports below 1024 need a privilege.
    #[error("permission denied; ports below 1024 need the capability CAP_NET_BIND_SERVICE")]
    Denied,
    /// Whatever else the operating system says.
    #[error("{0}")]
    Other(io::Error),
}

impl BindError {
    /// Whether another process holds the address: for a default address that is worth a warning only.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(self.kind, BindErrorKind::InUse)
    }
}

impl From<io::Error> for BindErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::InUse,
            io::ErrorKind::AddrNotAvailable => Self::NotLocal,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Other(error),
        }
    }
}

/// A listening socket at the endpoint, ready for an asynchronous runtime.
pub(crate) fn bind(endpoint: &str) -> Result<TcpListener, BindErrorKind> {
    let mut failure = BindErrorKind::UnknownHost;
    for address in endpoint::resolve(endpoint)? {
        match listen(address) {
            Ok(listener) => return Ok(listener),
            // A second candidate is for kernels without IPv6, not for ports that are taken.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error.into()),
            Err(error) => failure = error.into(),
        }
    }
    Err(failure)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // As Go does: `[::]` takes IPv4 as well, whatever net.ipv6.bindv6only says.
        socket.set_only_v6(false)?;
    }
    // A restart must not wait for the old connections' TIME_WAIT.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
#[path = "bind_tests.rs"]
mod tests;
