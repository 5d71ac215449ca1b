use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use http::uri::Authority;

use crate::client::ClientError;
use crate::client::connector::Way;
use crate::client::names::Names;

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host and port; an IPv6 address in brackets. What the server is called, where nothing else is said.
    pub(super) authority: Authority,
    /// Whether the endpoint itself asks for TLS (`https://`).
    pub(super) wants_tls: bool,
    /// How it is reached.
    pub(super) place: Place,
}

/// How a backend is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At the host and port of the authority, which is a name with perhaps several addresses.
    Name(Names),
    /// At the host and port of the authority, whatever stands there.
    Host,
    /// At a socket of this machine.
    Socket(PathBuf),
}

impl Place {
    /// The way of a single connection.
    pub(super) fn way(self) -> Way {
        match self {
            Self::Name(names) => Way::Direct(names),
            Self::Host => Way::Direct(Names::System),
            Self::Socket(path) => Way::Unix(path),
        }
    }
}

/// The port of name servers.
const DNS_PORT: u16 = 53;

/// Reads an endpoint as the Collector's gRPC clients write it.
///
/// As there, `http://` does not switch TLS off (`tls.insecure` does), `dns:///` is the default anyway, and with
/// `passthrough:///` a name is not looked at, so that there is one connection.
pub(super) fn parse(endpoint: &str) -> Result<Target, ClientError> {
    let refuse =
        |reason: &str| ClientError::Endpoint { endpoint: endpoint.to_owned(), reason: reason.to_owned() };
    if let Some(path) = endpoint.strip_prefix("unix:") {
        let path = socket(path).map_err(refuse)?;
        return Ok(Target {
            authority: Authority::from_static("localhost"),
            wants_tls: false,
            place: Place::Socket(path),
        });
    }
    let (scheme, rest) = match endpoint.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("", endpoint),
    };
    let (rest, names) = match scheme {
        "" | "http" | "https" => (rest.strip_suffix('/').unwrap_or(rest), Some(Names::System)),
        "dns" => {
            let (server, rest) = rest.split_once('/').ok_or_else(|| refuse("write dns:///host:port"))?;
            (rest, Some(name_server(server).map_err(refuse)?))
        }
        "passthrough" => match rest.strip_prefix('/') {
            Some(rest) => (rest, None),
            None => return Err(refuse("write passthrough:///host:port")),
        },
        _ => return Err(refuse("the scheme is none of http, https, dns, passthrough, unix")),
    };
    let authority = authority(rest).map_err(|reason| refuse(&reason))?;
    let is_address = authority.host().trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let place = names.filter(|_| !is_address).map_or(Place::Host, Place::Name);
    Ok(Target { authority, wants_tls: scheme == "https", place })
}

/// `unix:path`, or `unix:///path`.
fn socket(path: &str) -> Result<PathBuf, &'static str> {
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => return Err("a path behind unix:// begins with another `/`; write unix:///run/otlp.sock"),
        None => path,
    };
    if path.is_empty() || path.ends_with('/') { Err("it names no socket") } else { Ok(PathBuf::from(path)) }
}

fn name_server(written: &str) -> Result<Names, &'static str> {
    if written.is_empty() {
        return Ok(Names::System);
    }
    let address = written.parse::<SocketAddr>();
    let address = address.or_else(|_| written.parse().map(|ip: IpAddr| SocketAddr::new(ip, DNS_PORT)));
    address.map(Names::Server).map_err(|_| "a DNS server is an IP address, perhaps with a port")
}

fn authority(rest: &str) -> Result<Authority, String> {
    if rest.is_empty() {
        return Err("it is empty; write host:port".to_owned());
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err("a gRPC endpoint is host:port, with nothing behind or before it".to_owned());
    }
    if rest.matches(':').count() > 1 && !rest.starts_with('[') {
        return Err("an IPv6 address is written in brackets: [::1]:4317".to_owned());
    }
    let authority: Authority = rest.parse().map_err(|error| format!("{error}"))?;
    match authority.port_u16() {
        Some(1..) if !authority.host().is_empty() => Ok(authority),
        _ => Err("it has no host or no port; write host:port, for example localhost:4317".to_owned()),
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
