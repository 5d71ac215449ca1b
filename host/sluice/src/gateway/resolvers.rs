//! Resolvers, from what the configuration says.

use sluice_config as config;
use sluice_resolver::{
    AddressFamily, AwsCloudMapSettings, DnsSettings, GuardSettings, HealthStatus, K8sSettings, Resolver,
    ResolverError, ResolverMetrics, ServicePort, Sighting, Terminating,
};

pub(crate) fn resolver(
    resolver: &config::ResolverConfig,
    metrics: &ResolverMetrics,
) -> Result<Resolver, ResolverError> {
    match resolver {
        config::ResolverConfig::Static { hostnames } => Resolver::fixed(hostnames.clone(), metrics),
        config::ResolverConfig::Dns(dns) => Resolver::dns(dns_settings(dns), metrics),
        config::ResolverConfig::K8s(k8s) => Resolver::k8s(k8s_settings(k8s), metrics),
        config::ResolverConfig::AwsCloudMap(cloud_map) => {
            Resolver::aws_cloud_map(aws_cloud_map(cloud_map), metrics)
        }
    }
}

/// What a resolver is told of backends now, where it can say so.
///
/// # Errors
/// When nobody tells it anything.
pub(crate) async fn look(resolver: &config::ResolverConfig) -> Result<Vec<Sighting>, ResolverError> {
    match resolver {
        config::ResolverConfig::Dns(dns) => dns_settings(dns).look().await,
        config::ResolverConfig::K8s(k8s) => k8s_settings(k8s).look().await,
        config::ResolverConfig::Static { .. } | config::ResolverConfig::AwsCloudMap(_) => Ok(Vec::new()),
    }
}

fn dns_settings(dns: &config::DnsResolver) -> DnsSettings {
    DnsSettings {
        hostname: dns.hostname.clone(),
        port: dns.port,
        srv: dns.srv,
        interval: dns.interval,
        timeout: dns.timeout,
        nameservers: dns.nameservers.clone(),
        guard: guard(dns.guard),
    }
}

pub(crate) fn k8s_settings(k8s: &config::K8sResolver) -> K8sSettings {
    let port = |port: &config::ServicePort| match port {
        config::ServicePort::Number(number) => ServicePort::Number(*number),
        config::ServicePort::Name(name) => ServicePort::Name(name.clone()),
    };
    K8sSettings {
        service: k8s.service.clone(),
        namespace: k8s.namespace.clone(),
        ports: k8s.ports.iter().map(port).collect(),
        timeout: k8s.timeout,
        return_hostnames: k8s.return_hostnames,
        terminating: match k8s.terminating {
            config::Terminating::Drop => Terminating::Drop,
            config::Terminating::KeepWhileServing => Terminating::KeepWhileServing,
        },
        address_family: match k8s.address_family {
            config::AddressFamily::All => AddressFamily::All,
            config::AddressFamily::Ipv4 => AddressFamily::Ipv4,
            config::AddressFamily::Ipv6 => AddressFamily::Ipv6,
        },
        zone: k8s.zone.clone(),
        guard: guard(k8s.guard),
    }
}

fn aws_cloud_map(cloud_map: &config::AwsCloudMapResolver) -> AwsCloudMapSettings {
    AwsCloudMapSettings {
        namespace: cloud_map.namespace.clone(),
        service_name: cloud_map.service_name.clone(),
        health_status: match cloud_map.health_status {
            config::CloudMapHealth::Healthy => HealthStatus::Healthy,
            config::CloudMapHealth::Unhealthy => HealthStatus::Unhealthy,
            config::CloudMapHealth::All => HealthStatus::All,
            config::CloudMapHealth::HealthyOrElseAll => HealthStatus::HealthyOrElseAll,
        },
        port: cloud_map.port,
        interval: cloud_map.interval,
        timeout: cloud_map.timeout,
        owner_account: cloud_map.owner_account.clone(),
        endpoint: cloud_map.endpoint.clone(),
        guard: guard(cloud_map.guard),
    }
}

fn guard(guard: config::ResolverGuard) -> GuardSettings {
    GuardSettings { min_backends: guard.min_backends, hysteresis: guard.hysteresis }
}
