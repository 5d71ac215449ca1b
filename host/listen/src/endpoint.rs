use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use crate::BindErrorKind;

/// The addresses that an endpoint stands for, in the order in which they are to be tried.
///
/// `host:port` as Go's `net.Listen` reads it: an empty host means all interfaces, IPv6 literals stand in
/// brackets. Of a name's addresses only one is listened on, and an IPv4 one is preferred, as in Go.
pub(crate) fn resolve(endpoint: &str) -> Result<Vec<SocketAddr>, BindErrorKind> {
    let (host, port) = endpoint.rsplit_once(':').ok_or(BindErrorKind::Endpoint)?;
    let port = port.parse::<u16>().map_err(|_| BindErrorKind::Endpoint)?;
    if host.is_empty() {
        return Ok(every_interface(port));
    }
    let mut addresses: Vec<SocketAddr> = match host.strip_prefix('[') {
        Some(rest) => {
            let literal = rest.strip_suffix(']').ok_or(BindErrorKind::Endpoint)?;
            let address = literal.parse::<Ipv6Addr>().map_err(|_| BindErrorKind::Endpoint)?;
            vec![(address, port).into()]
        }
        None if host.contains(':') => return Err(BindErrorKind::Endpoint),
        None => (host, port).to_socket_addrs().map_err(|_| BindErrorKind::UnknownHost)?.collect(),
    };
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses.truncate(1);
    if addresses.is_empty() { Err(BindErrorKind::UnknownHost) } else { Ok(addresses) }
}

/// IPv6 first: such a socket takes IPv4 as well. IPv4 alone where the kernel has no IPv6.
fn every_interface(port: u16) -> Vec<SocketAddr> {
    vec![(Ipv6Addr::UNSPECIFIED, port).into(), (Ipv4Addr::UNSPECIFIED, port).into()]
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
