//! Against a real name server, in this process, whose answers a test changes.

mod answers;
mod failures;
mod lifecycle;
mod look;
mod search;
mod server;
mod services;
mod signs;
mod ttl;

use std::net::SocketAddr;
use std::time::Duration;

use super::DnsSettings;
use crate::Resolver;
use crate::testing::Watched;

/// A resolver that asks the server at short intervals.
fn watch(settings: DnsSettings) -> Watched {
    Watched::new("dns", |metrics| Resolver::dns(settings, metrics))
}

fn settings(server: SocketAddr) -> DnsSettings {
    DnsSettings {
        hostname: "tier2.test".to_owned(),
        port: Some(4317),
        srv: false,
        interval: Some(Duration::from_millis(20)),
        timeout: Duration::from_secs(10),
        nameservers: vec![server],
        guard: crate::GuardSettings::default(),
    }
}
