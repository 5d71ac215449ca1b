//! Where the backends are: a list of endpoints that is watched while it changes.
//!
//! A [`Resolver`] is `static`, a list from the configuration; `dns`, the addresses of a name that is looked up again and
//! again; `k8s`, the endpoints of a Kubernetes Service, which are watched; or `aws_cloud_map`, the instances of a service
//! in AWS Cloud Map. What it yields is hashed onto the ring as it is, and so is part of the
//! contract with Collectors that share a tier: the same configuration yields the same texts, down to the
//! brackets of IPv6 and the absence of a port. [`dial_address`] makes of such a text what is connected to.
//!
//! A list that was once good is kept through every failure. A resolver never yields an empty list.
//!
//! For people, the settings of a resolver can take a single look: [`DnsSettings::look`], [`K8sSettings::look`] and
//! [`K8sSettings::permission`] say what name servers and the API server tell, in ways that the resolver itself takes.
//!
//! Neighbours: `sluice-routing` watches and builds its ring; `sluice-exporter` has names looked up by a name server of
//! its choice ([`look_up`]); `sluice-config` says which resolver.

mod announcer;
mod aws_cloud_map;
mod complaints;
mod dns;
mod endpoint;
mod error;
mod guard;
mod k8s;
mod metrics;
mod poller;
mod resolver;
mod sighting;
mod status;
#[cfg(test)]
mod testing;

pub use aws_cloud_map::{AwsCloudMapSettings, HealthStatus};
pub use dns::{DnsSettings, look_up};
pub use endpoint::dial_address;
pub use error::ResolverError;
pub use guard::GuardSettings;
pub use k8s::{AddressFamily, K8sSettings, Permission, ServicePort, Terminating};
pub use metrics::ResolverMetrics;
pub use resolver::{Endpoints, Resolver};
pub use sighting::{Record, Sighting};
pub use status::{ResolverReport, ResolverStatus};
