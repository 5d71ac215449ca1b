use std::fmt;
use std::net::IpAddr;

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// A name or an IP address, without brackets; empty for all addresses of the machine, as in Go.
    pub host: String,
    /// 0 lets the system choose.
    pub port: u16,
    /// Whether the file names the address: one that is taken is then an error, and only a warning for a
    /// default address of our own telemetry.
    pub configured: bool,
}

impl Listen {
    /// The address that stands when the file names none.
    #[must_use]
    pub fn by_default(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, configured: false }
    }

    /// Whether only programs on this machine, or in this container, can reach it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let is_loopback_address = |address: IpAddr| address.is_loopback();
        self.host == "localhost" || self.host.parse().is_ok_and(is_loopback_address)
    }

    /// Where a program on the same machine reaches what listens here: the loopback, where it is every address.
    #[must_use]
    pub fn reachable_at(&self) -> String {
        let host = match self.host.as_str() {
            "" | "0.0.0.0" => "127.0.0.1",
            "::" => "::1",
            host => host,
        };
        Self { host: host.to_owned(), ..self.clone() }.to_string()
    }

    /// Whether the system lets only one of two servers have its address.
    pub(crate) fn collides_with(&self, other: &Self) -> bool {
        let is_every = |listen: &Self| matches!(listen.host.as_str(), "" | "0.0.0.0" | "::");
        let host = |listen: &Self| match listen.host.as_str() {
            "localhost" => "127.0.0.1".to_owned(),
            host => host.to_owned(),
        };
        self.port != 0
            && self.port == other.port
            && (is_every(self) || is_every(other) || host(self) == host(other))
    }

    /// Reads `host:port`, `:port` or `[ipv6]:port`.
    ///
    /// # Errors
    /// A sentence on what is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (host, port) = split_address(text)?;
        let port = port.ok_or_else(|| format!("`{text}` has no port; write host:port"))?;
        Ok(Self { host: host.to_owned(), port, configured: true })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Splits `host`, `host:port`, `[ipv6]` or `[ipv6]:port`; a bare IPv6 address is a host.
pub(crate) fn split_address(text: &str) -> Result<(&str, Option<u16>), String> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or_else(|| format!("`{text}` has `[` without `]`"))?;
        if host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(format!("`{host}` is no IPv6 address"));
        }
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(parse_port(port)?))),
            None if after.is_empty() => Ok((host, None)),
            None => Err(format!("`{text}` has `{after}` where `:port` should be")),
        };
    }
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok((text, None));
    }
    let (host, port) = match text.split_once(':') {
        None => (text, None),
        Some((_, port)) if port.contains(':') => {
            return Err(format!("`{text}` is no address; write host:port, and an IPv6 address in brackets"));
        }
        Some((host, port)) => (host, Some(parse_port(port)?)),
    };
    check_host(host)?;
    Ok((host, port))
}

/// Whether a text can be the name or the IPv4 address of a host: what cannot would be noticed when it is dialled,
/// if at all. No text is no host, which whoever asks has other words for.
pub(crate) fn check_host(host: &str) -> Result<(), String> {
    let is_label = |label: &str| {
        let is_of_names = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len()) && label.chars().all(is_of_names)
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || name.len() <= 253 && name.split('.').all(is_label) {
        return Ok(());
    }
    Err(format!(
        "`{host}` is no name of a host: it has letters, digits, `-` and `_`, with single dots between"
    ))
}

/// Reads a port, 0 to 65535.
pub(crate) fn parse_port(text: &str) -> Result<u16, String> {
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(port) = text.parse()
    {
        return Ok(port);
    }
    Err(format!("`{text}` is no port; a port is a number from 0 to 65535"))
}

#[cfg(test)]
#[path = "listen_tests.rs"]
mod tests;
