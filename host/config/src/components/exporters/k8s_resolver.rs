use std::collections::HashSet;
use std::time::Duration;

use super::ResolverGuard;
use crate::decode::{Block, Fields, Key, Node, Read, choice};
use crate::types::listen::parse_port;
use crate::yaml::value::Value;

/// `resolver::k8s`.
#[derive(Clone, Debug, PartialEq)]
pub struct K8sResolver {
    /// The name of the Service whose endpoints are the backends.
    pub service: String,
    /// Its namespace; `None` stands for the pod's own.
    pub namespace: Option<String>,
    /// The backends' ports: each address with each of them is a backend.
    pub ports: Vec<ServicePort>,
    /// How long a watch lasts until it is asked for anew.
    pub timeout: Duration,
    /// Backends are names of pods of a StatefulSet instead of addresses.
    pub return_hostnames: bool,
    /// What becomes of endpoints whose pod is on its way out.
    pub terminating: Terminating,
    /// Which addresses of a dual-stack Service are backends.
    pub address_family: AddressFamily,
    /// The zone whose endpoints are backends; `None`: of all zones.
    pub zone: Option<String>,
    /// Which lists are not believed at once.
    pub guard: ResolverGuard,
}

/// One of `resolver::k8s::ports`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServicePort {
    /// By its number.
    Number(u16),
    /// By its name in the Service.
    Name(String),
}

/// What becomes of endpoints whose pod is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminating {
    /// They leave the ring at once.
    Drop,
    /// They stay until they serve no more.
    KeepWhileServing,
}

choice!(Terminating: "drop" => Drop, "keep-while-serving" => KeepWhileServing);

/// Which addresses of a dual-stack Service are backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// All.
    All,
    /// IPv4 only.
    Ipv4,
    /// IPv6 only.
    Ipv6,
}

choice!(AddressFamily: "all" => All, "ipv4" => Ipv4, "ipv6" => Ipv6);

impl Default for K8sResolver {
    fn default() -> Self {
        Self {
            service: String::new(),
            namespace: None,
            ports: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            return_hostnames: false,
            terminating: Terminating::Drop,
            address_family: AddressFamily::All,
            zone: None,
            guard: ResolverGuard::default(),
        }
    }
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The API server ends longer watches as it likes.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(290);

impl Block for K8sResolver {
    const KEYS: &'static [Key] = &[
        Key::new(
            "service",
            "`name`, `name.namespace` or `name.namespace.svc.<cluster domain>`",
            "(required)",
            "its endpoints are the backends; without a namespace it is looked for in the pod's own",
        ),
        Key::new(
            "ports",
            "list of ports, or of their names in the Service",
            "(none)",
            "each address with each port is a backend; without, 4317 is dialled, or the only port that the slice has",
        ),
        Key::new("timeout", "duration", "1m", "how long a watch lasts until it is asked for anew"),
        Key::new("return_hostnames", "true or false", "false", "backends are `<pod>.<service>.<namespace>`"),
        Key::new("terminating", "`drop` or `keep-while-serving`", "drop", "for pods on their way out").own(),
        Key::new("address_family", "`all`, `ipv4` or `ipv6`", "all", "of a dual-stack Service").own(),
        Key::new(
            "zone",
            "name",
            "(none)",
            "only endpoints in this zone are backends; for tiers of one zone each",
        )
        .own(),
        ResolverGuard::MIN_BACKENDS,
        ResolverGuard::HYSTERESIS,
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.fill_service(fields);
        fields.read("ports", &mut Ports(&mut self.ports));
        fields.read("timeout", &mut self.timeout);
        if self.timeout.is_zero() {
            self.timeout = DEFAULT_TIMEOUT;
        } else if self.timeout > LONGEST_TIMEOUT {
            fields.warning("timeout", "the API server ends watches after 5 minutes; `4m50s` is taken");
            self.timeout = LONGEST_TIMEOUT;
        }
        fields.read("return_hostnames", &mut self.return_hostnames);
        fields.read("terminating", &mut self.terminating);
        fields.read("address_family", &mut self.address_family);
        fields.read("zone", &mut self.zone);
        if self.zone.as_deref().is_some_and(|zone| zone.trim().is_empty()) {
            fields.error("zone", "this names no zone; leave the key out for endpoints of all zones");
        }
        self.guard.fill(fields);
        let is_choosing = self.address_family != AddressFamily::All;
        if self.return_hostnames && is_choosing {
            fields.advise(
                "address_family",
                "with return_hostnames, names are dialled, by any address of theirs",
            );
        }
    }
}

impl K8sResolver {
    fn fill_service(&mut self, fields: &Fields<'_>) {
        let mut written = String::new();
        fields.read("service", &mut written);
        if written.trim().is_empty() {
            fields.error("service", "no service specified to resolve the backends; give `name.namespace`");
            return;
        }
        match split_service(&written) {
            Ok((service, namespace)) => {
                service.clone_into(&mut self.service);
                self.namespace = namespace.map(str::to_owned);
            }
            Err(message) => fields.error("service", message),
        }
    }
}

/// Splits `name`, `name.namespace`, or a Service's name in DNS, into name and namespace.
fn split_service(text: &str) -> Result<(&str, Option<&str>), String> {
    if let Some((name, port)) = text.split_once(':') {
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if is_port {
            format!("`{text}` has a port; write `{name}` here, and `ports: [{port}]`")
        } else {
            format!("`{text}` is no name of a Service; write `name.namespace`")
        });
    }
    let labels: Vec<&str> = text.strip_suffix('.').unwrap_or(text).split('.').collect();
    if let Some(label) = labels.iter().find(|label| !is_label(label)) {
        return Err(format!(
            "invalid Kubernetes service FQDN: `{label}` is no label; it has small letters, digits and `-`, 63 at most"
        ));
    }
    match labels.as_slice() {
        [name] => Ok((name, None)),
        [name, namespace] | [name, namespace, "svc", ..] => Ok((name, Some(namespace))),
        [name, namespace, third, ..] => Err(format!(
            "invalid Kubernetes service FQDN: `{third}` stands where `svc` should; write `{name}.{namespace}`"
        )),
        [] => Err("no service specified to resolve the backends; give `name.namespace`".to_owned()),
    }
}

/// What Kubernetes takes for the name of a Service, a namespace or a port.
fn is_label(text: &str) -> bool {
    let is_of_labels = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(is_of_labels)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

struct Ports<'a>(&'a mut Vec<ServicePort>);

impl Read for Ports<'_> {
    fn read(&mut self, node: &Node<'_>) {
        self.0.clear();
        let mut known = HashSet::new();
        for item in node.items() {
            let Some(port) = port(&item) else { continue };
            if !known.insert(port.clone()) {
                item.warning("this port is listed twice, and counts once");
                continue;
            }
            self.0.push(port);
        }
    }
}

fn port(item: &Node<'_>) -> Option<ServicePort> {
    let text = match item.value.resolved() {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => {
            item.error(format!("takes a port or its name, not {}", other.kind()));
            return None;
        }
    };
    let is_number = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && is_label(&text) {
        return Some(ServicePort::Name(text));
    }
    match parse_port(&text) {
        Ok(0) => item.error("a backend has no port 0"),
        Ok(number) if is_number => return Some(ServicePort::Number(number)),
        _ if is_number => item.error(format!("`{text}` is no port; a port is a number from 1 to 65535")),
        _ => item.error(format!(
            "`{text}` is neither a port nor the name of one, which has small letters, digits and `-`"
        )),
    }
    None
}

#[cfg(test)]
#[path = "k8s_resolver_tests.rs"]
mod tests;
