//! The dns resolver: A and AAAA records of one name, or SRV records and the addresses behind them, asked for at an
//! interval, or as often as their time to live says where none is configured.
//!
//! As the Collector's, it gives addresses in the order of their texts. Unlike the Collector's, it keeps the IPv4
//! addresses when only the look-up of IPv4 fails, and the same for IPv6: half an answer is no reason to take half the
//! tier off the ring.

mod diagnosis;
mod directory;
mod look;
mod memory;
mod names;
mod question;
mod service_memory;
mod services;
mod source;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use memory::Answer;
use question::{Question, What};
pub(crate) use source::DnsSource;

use crate::{GuardSettings, ResolverError};

#[cfg(test)]
mod tests;

/// The addresses of a name, asked for once, of these name servers; of the system's when there are none.
///
/// # Errors
/// When the name can never be looked up, has no address, or nobody answers within `timeout`.
pub async fn look_up(
    hostname: &str,
    name_servers: &[SocketAddr],
    timeout: Duration,
) -> Result<Vec<IpAddr>, ResolverError> {
    let told = Question::new(hostname, false)?.ask(name_servers, timeout).await;
    let answer = match told.what {
        What::Addresses(answer) => answer,
        What::Services(_) => Answer::of(Vec::new()),
    };
    let verdict = memory::Memory::default().judge(answer);
    verdict.addresses.ok_or_else(|| ResolverError::Unresolved {
        hostname: hostname.to_owned(),
        reason: verdict.trouble.unwrap_or_default(),
    })
}

/// The settings of the dns resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsSettings {
    /// The name whose addresses are the backends. With a trailing dot it is looked up as it is; without
    /// one, the system's search domains apply as its `ndots` says.
    pub hostname: String,
    /// What is written behind each address. `None` leaves the port out of what is hashed onto the ring, as
    /// the Collector does; 4317 is dialled then.
    pub port: Option<u16>,
    /// Whether SRV records are looked up: names and ports of the backends, instead of addresses.
    pub srv: bool,
    /// The longest time from one look-up to the next. Each is up to a tenth shorter, so that a fleet that started
    /// together does not ask together. `None`, or zero: the least time to live of the records, but 1 s to 30 s, and 5 s
    /// after an answer without any.
    pub interval: Option<Duration>,
    /// How long a look-up may take, all search domains and both address families together; zero
    /// stands for 1 s.
    pub timeout: Duration,
    /// The name servers to ask instead of the system's. With these, neither search domains nor the
    /// hosts file apply.
    pub nameservers: Vec<SocketAddr>,
    /// What keeps sudden losses from being believed.
    pub guard: GuardSettings,
}
