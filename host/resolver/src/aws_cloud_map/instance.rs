use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use crate::endpoint::endpoint_text;

/// An instance that is registered in Cloud Map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) attributes: HashMap<String, String>,
}

/// Why there is no endpoint for an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub(super) enum Lack {
    #[error("no AWS_INSTANCE_IPV4, AWS_INSTANCE_IPV6 or AWS_INSTANCE_CNAME")]
    Address,
    #[error("no AWS_INSTANCE_PORT, and the resolver has no port")]
    Port,
    #[error("its {attribute} is none")]
    Malformed { attribute: &'static str },
}

/// The longest name of a host.
const MAX_NAME_BYTES: usize = 253;

impl Instance {
    /// The text that stands for it on the ring; `port` is the configured one.
    pub(super) fn endpoint(&self, port: Option<u16>) -> Result<String, Lack> {
        let host = self.host()?;
        let port = match port {
            Some(port) => port,
            None => self.port()?,
        };
        Ok(match host {
            Host::Address(address) => endpoint_text(address, Some(port)),
            Host::Name(name) => format!("{name}:{port}"),
        })
    }

    fn host(&self) -> Result<Host<'_>, Lack> {
        if let Some(text) = self.attribute("AWS_INSTANCE_IPV4") {
            let address = text.parse::<Ipv4Addr>().map_err(|_| malformed("AWS_INSTANCE_IPV4"))?;
            Ok(Host::Address(address.into()))
        } else if let Some(text) = self.attribute("AWS_INSTANCE_IPV6") {
            let address = text.parse::<Ipv6Addr>().map_err(|_| malformed("AWS_INSTANCE_IPV6"))?;
            Ok(Host::Address(address.into()))
        } else if let Some(name) = self.attribute("AWS_INSTANCE_CNAME") {
            if is_host_name(name) { Ok(Host::Name(name)) } else { Err(malformed("AWS_INSTANCE_CNAME")) }
        } else {
            Err(Lack::Address)
        }
    }

    fn port(&self) -> Result<u16, Lack> {
        let text = self.attribute("AWS_INSTANCE_PORT").ok_or(Lack::Port)?;
        text.parse().ok().filter(|port| *port != 0).ok_or(malformed("AWS_INSTANCE_PORT"))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

enum Host<'a> {
    Address(IpAddr),
    Name(&'a str),
}

const fn malformed(attribute: &'static str) -> Lack {
    Lack::Malformed { attribute }
}

fn is_host_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() <= MAX_NAME_BYTES && text.bytes().all(is_allowed)
}

#[cfg(test)]
#[path = "instance_tests.rs"]
mod tests;
