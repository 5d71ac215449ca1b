use std::net::{IpAddr, Ipv6Addr};

/// The port that is dialled where an endpoint has none: OTLP over gRPC.
pub(crate) const DEFAULT_PORT: u16 = 4317;

/// The address to connect to for an endpoint: the same text, with `:4317` where it has no port.
///
/// Unlike the Collector's, this knows that the colons of a bare or bracketed IPv6 address are no port.
///
/// ```
/// use sluice_resolver::dial_address;
///
/// assert_eq!(dial_address("tier2-0.tier2"), "tier2-0.tier2:4317");
/// assert_eq!(dial_address("10.0.0.1:55680"), "10.0.0.1:55680");
/// assert_eq!(dial_address("2001:db8::1"), "[2001:db8::1]:4317");
/// assert_eq!(dial_address("[2001:db8::1]"), "[2001:db8::1]:4317");
/// ```
#[must_use]
pub fn dial_address(text: &str) -> String {
    if is_bare_ipv6(text) {
        format!("[{text}]:{DEFAULT_PORT}")
    } else if text.ends_with(']') || !text.contains(':') {
        format!("{text}:{DEFAULT_PORT}")
    } else {
        text.to_owned()
    }
}

fn is_bare_ipv6(text: &str) -> bool {
    let (address, _zone) = text.split_once('%').unwrap_or((text, ""));
    address.parse::<Ipv6Addr>().is_ok()
}

/// The text that stands for an address on the ring, as the Collector's dns resolver writes it: IPv6 in
/// brackets, an IPv4 address that was mapped into IPv6 as what it is, the port only where one is set.
pub(crate) fn endpoint_text(address: IpAddr, port: Option<u16>) -> String {
    let host = match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
