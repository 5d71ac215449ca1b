use std::net::IpAddr;
use std::time::Duration;

use super::ResolverGuard;
use super::otlp_http::check_url;
use crate::decode::{Block, Fields, Key, choice};
use crate::types::listen::split_address;

/// `resolver::aws_cloud_map`.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsCloudMapResolver {
    /// The namespace's name, its `HttpName` where that is another.
    pub namespace: String,
    /// The service in it whose instances are the backends.
    pub service_name: String,
    /// Which instances count.
    pub health_status: CloudMapHealth,
    /// The backends' port. `None`: what each instance is registered with.
    pub port: Option<u16>,
    /// How often it is asked.
    pub interval: Duration,
    /// How long one look-up may take, credentials included.
    pub timeout: Duration,
    /// The account that the namespace belongs to, where it is not ours.
    pub owner_account: Option<String>,
    /// The URL to ask instead of AWS's for the region.
    pub endpoint: Option<String>,
    /// Against sudden losses.
    pub guard: ResolverGuard,
}

/// Which instances of a service count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudMapHealth {
    /// The healthy ones.
    Healthy,
    /// The others.
    Unhealthy,
    /// Either.
    All,
    /// The healthy ones, and where there is none, all.
    HealthyOrElseAll,
}

choice!(CloudMapHealth:
    "HEALTHY" => Healthy,
    "UNHEALTHY" => Unhealthy,
    "ALL" => All,
    "HEALTHY_OR_ELSE_ALL" => HealthyOrElseAll,
);

impl Default for AwsCloudMapResolver {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            service_name: String::new(),
            health_status: CloudMapHealth::Healthy,
            port: None,
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            owner_account: None,
            endpoint: None,
            guard: ResolverGuard::default(),
        }
    }
}

impl Block for AwsCloudMapResolver {
    const KEYS: &'static [Key] = &[
        Key::new("namespace", "name", "(required)", "the Cloud Map namespace"),
        Key::new("service_name", "name", "(required)", "the service in it; its instances are the backends"),
        Key::new(
            "health_status",
            "`HEALTHY`, `UNHEALTHY`, `ALL` or `HEALTHY_OR_ELSE_ALL`",
            "HEALTHY",
            "which instances",
        ),
        Key::new(
            "port",
            "port",
            "(none)",
            "the backends' port; without it each instance's AWS_INSTANCE_PORT",
        ),
        Key::new("interval", "duration", "30s", "how often it is asked"),
        Key::new("timeout", "duration", "5s", "how long that may take, credentials and repetitions included"),
        Key::new(
            "owner_account",
            "12 digits",
            "(none)",
            "whose namespace it is, if it is shared with this account",
        ),
        Key::new("endpoint", "URL", "(the region's)", "where to ask: a VPC endpoint, a test's server").own(),
        ResolverGuard::MIN_BACKENDS,
        ResolverGuard::HYSTERESIS,
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("namespace", &mut self.namespace);
        fields.read("service_name", &mut self.service_name);
        fields.read("health_status", &mut self.health_status);
        fields.read("port", &mut self.port);
        fields.read("interval", &mut self.interval);
        fields.read("timeout", &mut self.timeout);
        fields.read("owner_account", &mut self.owner_account);
        fields.read("endpoint", &mut self.endpoint);
        self.guard.fill(fields);
        let by_default = Self::default();
        for (set, default) in
            [(&mut self.interval, by_default.interval), (&mut self.timeout, by_default.timeout)]
        {
            if set.is_zero() {
                *set = default;
            }
        }
        self.owner_account = self.owner_account.take().filter(|account| !account.is_empty());
        self.endpoint = self.endpoint.take().filter(|url| !url.is_empty());
        self.check(fields);
    }
}

impl AwsCloudMapResolver {
    fn check(&self, fields: &Fields<'_>) {
        if self.namespace.trim().is_empty() {
            fields.error("namespace", "no Cloud Map namespace specified to resolve the backends");
        }
        if self.service_name.trim().is_empty() {
            fields.error("service_name", "no Cloud Map service_name specified to resolve the backends");
        }
        if self.port == Some(0) {
            fields.error("port", "has port 0, which nobody listens on");
        }
        if let Some(account) = &self.owner_account {
            let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if !is_account {
                fields.error("owner_account", format!("`{account}` is no AWS account: it has 12 digits"));
            }
        }
        if let Some(url) = &self.endpoint {
            match check_url(url) {
                Err(message) => fields.error("endpoint", message),
                Ok(()) if is_in_the_clear(url) => fields.warning(
                    "endpoint",
                    "is asked in the clear, and each request shows the session token; use https://",
                ),
                Ok(()) => {}
            }
        }
    }
}

/// Whether what is sent to a URL can be read on the way.
fn is_in_the_clear(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let address = rest.split('/').next().unwrap_or_default();
    let host = split_address(address).map(|(host, _)| host).unwrap_or_default();
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_loopback && host != "localhost"
}
