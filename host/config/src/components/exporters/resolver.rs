use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use super::{AwsCloudMapResolver, K8sResolver, ResolverGuard};
use crate::decode::{Block, Fields, Key, Node, Read};
use crate::types::listen::{check_host, split_address};
use crate::yaml::value::Value;

/// Where the backends of `load_balancing` come from.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolverConfig {
    /// From the file.
    Static {
        /// The backends as written: `host` or `host:port`. One that is there twice has twice the share.
        hostnames: Vec<String>,
    },
    /// From DNS.
    Dns(DnsResolver),
    /// From the EndpointSlices of a Kubernetes Service.
    K8s(K8sResolver),
    /// From AWS Cloud Map.
    AwsCloudMap(AwsCloudMapResolver),
}

/// `resolver::dns`.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsResolver {
    /// The name whose addresses are the backends.
    pub hostname: String,
    /// Their port. `None` leaves it out of what is hashed onto the ring; 4317 is dialled then.
    pub port: Option<u16>,
    /// Whether SRV records say where the backends are, ports included.
    pub srv: bool,
    /// How often it is looked up. `None`: as often as the records' time to live says.
    pub interval: Option<Duration>,
    /// How long one look-up may take.
    pub timeout: Duration,
    /// The name servers to ask; the system's when empty.
    pub nameservers: Vec<SocketAddr>,
    /// Against sudden losses.
    pub guard: ResolverGuard,
}

impl Default for ResolverConfig {
    fn default() -> Self {
        Self::Static { hostnames: Vec::new() }
    }
}

impl Default for DnsResolver {
    fn default() -> Self {
        Self {
            hostname: String::new(),
            port: None,
            srv: false,
            interval: None,
            timeout: Duration::from_secs(1),
            nameservers: Vec::new(),
            guard: ResolverGuard::default(),
        }
    }
}

impl Block for ResolverConfig {
    const KEYS: &'static [Key] = &[
        Key::block("static", StaticResolver::KEYS).optional(),
        Key::block("dns", DnsResolver::KEYS).optional(),
        Key::block("k8s", K8sResolver::KEYS).optional(),
        #[cfg(feature = "aws-cloud-map")]
        Key::block("aws_cloud_map", AwsCloudMapResolver::KEYS).optional(),
        #[cfg(not(feature = "aws-cloud-map"))]
        Key::refused(
            "aws_cloud_map",
            "this binary was built without it; build it with the cargo feature `aws-cloud-map`, or use `dns` with a \
             Cloud Map DNS namespace",
        ),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        match fields.given() {
            0 => fields.error("", NO_RESOLVER),
            1 => {}
            _ => fields.error("", "only one resolver should be specified; leave one of them"),
        }
        if fields.get("dns").is_some() {
            let mut dns = DnsResolver::default();
            fields.read("dns", &mut dns);
            *self = Self::Dns(dns);
        } else if fields.get("k8s").is_some() {
            let mut k8s = K8sResolver::default();
            fields.read("k8s", &mut k8s);
            *self = Self::K8s(k8s);
        } else if fields.get("aws_cloud_map").is_some() {
            let mut cloud_map = AwsCloudMapResolver::default();
            fields.read("aws_cloud_map", &mut cloud_map);
            *self = Self::AwsCloudMap(cloud_map);
        } else {
            let mut fixed = StaticResolver::default();
            fields.read("static", &mut fixed);
            *self = Self::Static { hostnames: fixed.hostnames };
        }
    }
}

pub(super) const NO_RESOLVER: &str =
    "no resolvers specified for the exporter; give `static`, `dns`, `k8s` or `aws_cloud_map`";

#[derive(Default)]
struct StaticResolver {
    hostnames: Vec<String>,
}

impl Block for StaticResolver {
    const KEYS: &'static [Key] =
        &[Key::new("hostnames", "list of addresses", "(required)", "the backends: `host:port` or `host`")];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("hostnames", &mut Hostnames(&mut self.hostnames));
        if fields.get("hostnames").is_none_or(|node| node.items().is_empty()) {
            fields.error("hostnames", "no endpoints specified for the static resolver; list `host:port`");
        }
    }
}

struct Hostnames<'a>(&'a mut Vec<String>);

impl Read for Hostnames<'_> {
    fn read(&mut self, node: &Node<'_>) {
        if !node.is_null() && !matches!(node.value.resolved(), Value::List(_)) {
            node.context.advise(
                &node.place,
                "one value is taken for a list of one; write a list, so that this is meant",
            );
        }
        let mut known = HashSet::new();
        for item in node.items() {
            let mut read = None::<String>;
            read.read(&item);
            if read.is_none() && !item.is_null() {
                continue;
            }
            let hostname = read.unwrap_or_default();
            match split_address(&hostname) {
                Ok(("", _)) => item.error("an endpoint of the static resolver is empty"),
                Ok(_) => {}
                Err(message) => item.error(message),
            }
            if !known.insert(hostname.clone()) {
                item.warning(format!("`{hostname}` is listed twice and gets twice the share"));
            }
            self.0.push(hostname);
        }
    }
}

impl Block for DnsResolver {
    const KEYS: &'static [Key] = &[
        Key::new("hostname", "name", "(required)", "its A and AAAA records are the backends"),
        Key::new("port", "port", "(none)", "the backends' port; without it 4317 is dialled"),
        Key::new("srv", "true or false", "false", "look up SRV records: names and ports of the backends")
            .own(),
        Key::new(
            "interval",
            "duration",
            "(their time to live)",
            "how often it is looked up; without it in 1s to 30s",
        ),
        Key::new("timeout", "duration", "1s", "how long a look-up may take"),
        Key::new("nameservers", "list of IP:port", "[]", "whom to ask; without it the system's").own(),
        ResolverGuard::MIN_BACKENDS,
        ResolverGuard::HYSTERESIS,
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("hostname", &mut self.hostname);
        fields.read("port", &mut self.port);
        fields.read("srv", &mut self.srv);
        fields.read("interval", &mut self.interval);
        fields.read("timeout", &mut self.timeout);
        fields.read("nameservers", &mut NameServers(&mut self.nameservers));
        self.guard.fill(fields);
        self.interval = self.interval.filter(|interval| !interval.is_zero());
        if self.timeout.is_zero() {
            self.timeout = Self::default().timeout;
        }
        if self.srv && self.port.is_some() {
            fields.warning("port", "changes nothing: with `srv` the records say it");
        }
        if self.srv && self.hostname.parse::<std::net::IpAddr>().is_ok() {
            fields.error("hostname", "is an address, which has no SRV records");
        }
        if self.hostname.trim().is_empty() {
            fields.error("hostname", "no hostname specified to resolve the backends");
        } else if let Err(message) = check_host(&self.hostname) {
            fields.error("hostname", message);
        }
    }
}

struct NameServers<'a>(&'a mut Vec<SocketAddr>);

impl Read for NameServers<'_> {
    fn read(&mut self, node: &Node<'_>) {
        self.0.clear();
        for item in node.items() {
            let mut text = String::new();
            text.read(&item);
            match text.parse() {
                Ok(address) => self.0.push(address),
                Err(_) => item.error(format!("`{text}` is no address of a name server; write IP:port")),
            }
        }
    }
}
