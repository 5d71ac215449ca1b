use std::net::IpAddr;

use k8s_openapi::api::discovery::v1::{Endpoint, EndpointPort, EndpointSlice};

use super::{AddressFamily, K8sSettings, ServicePort, Terminating};
use crate::endpoint::DEFAULT_PORT;

/// What a slice adds to the ring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The texts of its endpoints, in any order.
    pub(super) endpoints: Vec<String>,
    pub(super) doubts: Doubts,
}

/// How many endpoints could not be taken as they are, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    /// Left out: `return_hostnames` is set, and they have none.
    pub(super) without_hostname: usize,
    /// Left out: their slice has no port of the configured name.
    pub(super) without_port: usize,
    /// Left out: `zone` is set, and nothing says which they are in.
    pub(super) without_zone: usize,
    /// Left out: what stands for an address is none.
    pub(super) bad_address: usize,
    /// Taken on 4317, though their slice lists several ports, and not that one.
    pub(super) unclear_port: usize,
}

impl Doubts {
    pub(super) fn add(&mut self, other: Self) {
        self.without_hostname += other.without_hostname;
        self.without_port += other.without_port;
        self.without_zone += other.without_zone;
        self.bad_address += other.bad_address;
        self.unclear_port += other.unclear_port;
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// What is written behind the addresses of a slice.
enum Ports {
    /// Nothing: 4317 is dialled.
    Bare,
    Numbers(Vec<u16>),
}

/// Reads a slice of a Service in `namespace`. Pure.
pub(super) fn read(slice: &EndpointSlice, settings: &K8sSettings, namespace: &str) -> Reading {
    let mut reading = Reading::default();
    if !is_of_family(&slice.address_type, settings.address_family) {
        return reading;
    }
    let mut used: Vec<&Endpoint> =
        slice.endpoints.iter().filter(|endpoint| is_used(endpoint, settings.terminating)).collect();
    if let Some(zone) = &settings.zone {
        reading.doubts.without_zone = used.iter().filter(|endpoint| endpoint.zone.is_none()).count();
        used.retain(|endpoint| endpoint.zone.as_ref() == Some(zone));
    }
    let ports =
        ports(slice.ports.as_deref().unwrap_or_default(), &settings.ports, used.len(), &mut reading.doubts);
    for endpoint in used {
        if settings.return_hostnames {
            match endpoint.hostname.as_deref().filter(|hostname| is_host_name(hostname)) {
                Some(hostname) => {
                    let host = format!("{hostname}.{}.{namespace}", settings.service);
                    push(&mut reading.endpoints, &host, &ports);
                }
                None => reading.doubts.without_hostname += 1,
            }
            continue;
        }
        for address in &endpoint.addresses {
            if is_address(address, &slice.address_type) {
                push(&mut reading.endpoints, address, &ports);
            } else {
                reading.doubts.bad_address += 1;
            }
        }
    }
    reading
}

fn is_of_family(address_type: &str, family: AddressFamily) -> bool {
    match family {
        AddressFamily::All => true,
        AddressFamily::Ipv4 => address_type == "IPv4",
        AddressFamily::Ipv6 => address_type == "IPv6",
    }
}

/// A condition that is not there counts as good: that is how the API defines `ready`.
fn is_used(endpoint: &Endpoint, terminating: Terminating) -> bool {
    let Some(conditions) = &endpoint.conditions else { return true };
    let still_serves = conditions.terminating == Some(true) && conditions.serving == Some(true);
    conditions.ready != Some(false) || (terminating == Terminating::KeepWhileServing && still_serves)
}

/// Which ports the endpoints of a slice have, of which `endpoints` count.
fn ports(listed: &[EndpointPort], wanted: &[ServicePort], endpoints: usize, doubts: &mut Doubts) -> Ports {
    if wanted.is_empty() {
        return own_ports(listed, endpoints, doubts);
    }
    let mut numbers = Vec::new();
    let mut is_complete = true;
    for port in wanted {
        match port {
            ServicePort::Number(number) => numbers.push(*number),
            ServicePort::Name(name) => match named(listed, name) {
                Some(number) => numbers.push(number),
                None => is_complete = false,
            },
        }
    }
    if !is_complete {
        doubts.without_port += endpoints;
    }
    Ports::Numbers(numbers)
}

fn named(listed: &[EndpointPort], name: &str) -> Option<u16> {
    listed.iter().filter(|port| port.name.as_deref() == Some(name)).find_map(number)
}

/// Nobody said which. The Collector dials 4317 whatever the slice says; where that cannot be meant, its only port is.
fn own_ports(listed: &[EndpointPort], endpoints: usize, doubts: &mut Doubts) -> Ports {
    let is_tcp = |port: &&EndpointPort| port.protocol.as_deref().is_none_or(|protocol| protocol == "TCP");
    let numbers: Vec<u16> = listed.iter().filter(is_tcp).filter_map(number).collect();
    match numbers.as_slice() {
        [] => Ports::Bare,
        numbers if numbers.contains(&DEFAULT_PORT) => Ports::Bare,
        [only] => Ports::Numbers(vec![*only]),
        _ => {
            doubts.unclear_port += endpoints;
            Ports::Bare
        }
    }
}

fn number(port: &EndpointPort) -> Option<u16> {
    port.port.and_then(|number| u16::try_from(number).ok()).filter(|number| *number != 0)
}

fn is_address(text: &str, address_type: &str) -> bool {
    match address_type {
        "IPv4" => text.parse().is_ok_and(|address: IpAddr| address.is_ipv4()),
        "IPv6" => text.parse().is_ok_and(|address: IpAddr| address.is_ipv6()),
        "FQDN" => is_host_name(text),
        _ => false,
    }
}

/// Letters, digits and `-` in labels, as Kubernetes has them.
pub(super) fn is_host_name(text: &str) -> bool {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.chars().all(is_of_names);
    let name = text.strip_suffix('.').unwrap_or(text);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// As Go's JoinHostPort writes it, which the Collector uses: an IPv6 address in brackets before a port, else as it is.
fn push(endpoints: &mut Vec<String>, host: &str, ports: &Ports) {
    match ports {
        Ports::Bare => endpoints.push(host.to_owned()),
        Ports::Numbers(numbers) if host.contains(':') => {
            endpoints.extend(numbers.iter().map(|port| format!("[{host}]:{port}")));
        }
        Ports::Numbers(numbers) => endpoints.extend(numbers.iter().map(|port| format!("{host}:{port}"))),
    }
}

#[cfg(test)]
#[path = "slice_tests.rs"]
mod tests;
