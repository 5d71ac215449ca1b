//! The dns resolver: A and AAAA records of one name, asked for at an interval.
//!
//! As the Collector's, it pays no heed to TTLs, and gives addresses in the order of their texts. Unlike
//! the Collector's, it keeps the IPv4 addresses when only the look-up of IPv4 fails, and the same for IPv6:
//! half an answer is no reason to take half the tier off the ring.

mod directory;
mod memory;
mod names;
mod question;
mod source;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use question::Question;
pub(crate) use source::DnsSource;

use crate::ResolverError;

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
    let answer = Question::new(hostname)?.ask(name_servers, timeout).await;
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
    /// The longest time from one look-up to the next; zero stands for 5 s. Each is up to a tenth shorter, so
    /// that a fleet that started together does not ask together.
    pub interval: Duration,
    /// How long a look-up may take, all search domains and both address families together; zero
    /// stands for 1 s.
    pub timeout: Duration,
    /// The name servers to ask instead of the system's. With these, neither search domains nor the
    /// hosts file apply.
    pub nameservers: Vec<SocketAddr>,
}
