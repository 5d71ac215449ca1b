use http::uri::Authority;

use crate::client::ClientError;

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host and port; an IPv6 address in brackets.
    pub(super) authority: Authority,
    /// Whether the endpoint itself asks for TLS (`https://`).
    pub(super) wants_tls: bool,
}

/// Reads an endpoint as the Collector's gRPC clients write it.
///
/// As there, `http://` does not switch TLS off (`tls.insecure` does), and `dns:///` is the default anyway.
pub(super) fn parse(endpoint: &str) -> Result<Target, ClientError> {
    let refuse =
        |reason: &str| ClientError::Endpoint { endpoint: endpoint.to_owned(), reason: reason.to_owned() };
    let (scheme, rest) = match endpoint.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("", endpoint),
    };
    let rest = match scheme {
        "" | "http" | "https" => rest.strip_suffix('/').unwrap_or(rest),
        "dns" => rest.strip_prefix('/').ok_or_else(|| refuse("a DNS server cannot be named here"))?,
        _ => return Err(refuse("the scheme is none of http, https, dns")),
    };
    if rest.is_empty() {
        return Err(refuse("it is empty; write host:port"));
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err(refuse("a gRPC endpoint is host:port, with nothing behind or before it"));
    }
    if rest.matches(':').count() > 1 && !rest.starts_with('[') {
        return Err(refuse("an IPv6 address is written in brackets: [::1]:4317"));
    }
    let authority: Authority = rest.parse().map_err(|error| refuse(&format!("{error}")))?;
    match authority.port_u16() {
        Some(1..) if !authority.host().is_empty() => Ok(Target { authority, wants_tls: scheme == "https" }),
        _ => Err(refuse("it has no host or no port; write host:port, for example localhost:4317")),
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
