//! The k8s resolver: the endpoints of a Service, watched through its EndpointSlices.
//!
//! ```text
//!   API server --list, watch--> wire (bounds, last word) --> kube's watcher --> Watcher --> Announcer
//!                                                                                 |
//!                                                        slice -> EndpointSet, Settling, History: pure
//! ```
//!
//! As the Collector's, it yields every address of every slice with each of `ports`, and leaves out endpoints that say
//! that they are not ready. Unlike the Collector's, it counts an address by the slices that name it, keeps the last list
//! while the API server refuses, fails or says nothing, and never holds up the start.
//!
//! Invariants: one change of the Service is one list, however many events tell of it; a list is complete, never the
//! first pages of one; what the API server sends is bounded before it is read.

mod access;
mod backoff;
mod history;
mod look;
mod permission;
mod refusal;
mod set;
mod settling;
mod slice;
mod trouble;
mod watcher;
mod wire;

use std::time::Duration;

pub(crate) use access::Access;
pub use permission::Permission;
pub(crate) use watcher::Watcher;

use crate::GuardSettings;

#[cfg(test)]
mod tests;

/// The settings of the k8s resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct K8sSettings {
    /// The name of the Service whose endpoints are the backends.
    pub service: String,
    /// Its namespace. `None` stands for the pod's own, else `default`.
    pub namespace: Option<String>,
    /// What is written behind each address: every address with every port is a backend. Without any, it is the bare
    /// address, as with the Collector, and 4317 is dialled; unless the slice has just one port, and that another.
    pub ports: Vec<ServicePort>,
    /// How long a watch lasts until it is asked for anew, in whole seconds; zero stands for a minute. The API server is
    /// taken for silent when it said nothing for as long and 10 s more.
    pub timeout: Duration,
    /// Backends are `<hostname>.<service>.<namespace>` instead of addresses.
    pub return_hostnames: bool,
    /// What becomes of endpoints whose pod is on its way out.
    pub terminating: Terminating,
    /// Which slices of a dual-stack Service count.
    pub address_family: AddressFamily,
    /// Only endpoints in this zone are backends, as `topology.kubernetes.io/zone` names it; `None`: of all zones.
    pub zone: Option<String>,
    /// Which lists are not believed at once.
    pub guard: GuardSettings,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServicePort {
    /// By its number; it need not be one that the slices list.
    Number(u16),
    /// By its name, which each slice says the number of.
    Name(String),
}

/// What becomes of endpoints whose pod is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminating {
    /// They leave the ring at once, as with the Collector: the pod has its grace period for what it holds.
    Drop,
    /// They stay until they serve no more.
    KeepWhileServing,
}

/// Which slices of a Service count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// All, as with the Collector: a pod with two addresses is two backends.
    All,
    /// Those of IPv4 addresses.
    Ipv4,
    /// Those of IPv6 addresses.
    Ipv6,
}
