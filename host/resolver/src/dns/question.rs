use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::time::{Instant, timeout_at};

use super::directory::Directory;
use super::memory::{Answer, Family};
use super::names::candidates;
use crate::ResolverError;

/// What is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Name(Name),
    /// Somebody wrote an address in place of a name.
    Address(IpAddr),
}

impl Question {
    pub(super) fn new(hostname: &str) -> Result<Self, ResolverError> {
        if hostname.is_empty() {
            return Err(ResolverError::NoHostname);
        }
        if let Ok(address) = hostname.parse() {
            return Ok(Self::Address(address));
        }
        Name::from_str_relaxed(hostname).map(Self::Name).map_err(|error| ResolverError::Hostname {
            hostname: hostname.to_owned(),
            reason: error.to_string(),
        })
    }

    /// Asks, and waits no longer than `timeout`.
    pub(super) async fn ask(&self, name_servers: &[SocketAddr], timeout: Duration) -> Answer {
        match self {
            Self::Address(address) => of_addresses(vec![*address]),
            Self::Name(name) => {
                let deadline = Instant::now() + timeout;
                match directory(name_servers).await {
                    Ok(directory) => look_up(&directory, name, timeout, deadline).await,
                    Err(reason) => {
                        Answer { ipv4: Family::Failed(reason.clone()), ipv6: Family::Failed(reason) }
                    }
                }
            }
        }
    }
}

/// Read anew for every look-up: the system's settings may change while we run.
async fn directory(name_servers: &[SocketAddr]) -> Result<Directory, String> {
    if !name_servers.is_empty() {
        return Ok(Directory::of_name_servers(name_servers));
    }
    let read = tokio::task::spawn_blocking(Directory::of_system).await;
    let system = read.map_err(|error| error.to_string())?;
    system.map_err(|error| format!("the system's name servers are not known: {error}"))
}

/// Tries the names that `name` may stand for until one has an address.
pub(super) async fn look_up(
    directory: &Directory,
    name: &Name,
    timeout: Duration,
    deadline: Instant,
) -> Answer {
    let in_file = directory.in_hosts_file(name);
    if !in_file.is_empty() {
        return of_addresses(in_file);
    }
    let client = match directory.client(timeout) {
        Ok(client) => client,
        Err(error) => return Answer { ipv4: failed(&error), ipv6: failed(&error) },
    };
    let mut answer = Answer { ipv4: Family::Nothing, ipv6: Family::Nothing };
    for candidate in candidates(name, &directory.search, directory.ndots) {
        let (ipv4, ipv6) = tokio::join!(
            one_family(&client, &candidate, RecordType::A, deadline),
            one_family(&client, &candidate, RecordType::AAAA, deadline),
        );
        if [&ipv4, &ipv6].iter().any(|family| matches!(family, Family::Addresses(_))) {
            return Answer { ipv4, ipv6 };
        }
        // Of several names without an address, what is told is the first failure.
        answer.ipv4 = answer.ipv4.or_failure(ipv4);
        answer.ipv6 = answer.ipv6.or_failure(ipv6);
    }
    answer
}

async fn one_family(client: &TokioResolver, name: &Name, family: RecordType, deadline: Instant) -> Family {
    match timeout_at(deadline, client.lookup(name.clone(), family)).await {
        Ok(Ok(lookup)) => {
            // There may be other records among them: the aliases on the way.
            let addresses: Vec<IpAddr> =
                lookup.answers().iter().filter_map(|record| record.data.ip_addr()).collect();
            if addresses.is_empty() { Family::Nothing } else { Family::Addresses(addresses) }
        }
        Ok(Err(error)) if error.is_no_records_found() => Family::Nothing,
        Ok(Err(error)) => failed(&format_args!("{name} {family}: {error}")),
        Err(_) => failed(&format_args!("{name} {family}: no answer in time")),
    }
}

fn failed(reason: &impl Display) -> Family {
    Family::Failed(reason.to_string())
}

fn of_addresses(addresses: Vec<IpAddr>) -> Answer {
    let (ipv4, ipv6): (Vec<_>, Vec<_>) = addresses.into_iter().partition(IpAddr::is_ipv4);
    let family = |addresses: Vec<_>| {
        if addresses.is_empty() { Family::Nothing } else { Family::Addresses(addresses) }
    };
    Answer { ipv4: family(ipv4), ipv6: family(ipv6) }
}
