use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{Name, Record, RecordType};
use tokio::time::{Instant, timeout_at};

use super::directory::Directory;
use super::memory::{Answer, Family};
use super::names::candidates;
use super::services::{Target, look_up_services};
use crate::ResolverError;

/// What is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The addresses of a name.
    Name(Name),
    /// The services under a name, by SRV records.
    Services(Name),
    /// Somebody wrote an address in place of a name.
    Address(IpAddr),
}

impl Question {
    pub(super) fn new(hostname: &str, srv: bool) -> Result<Self, ResolverError> {
        let refused = |reason: String| ResolverError::Hostname { hostname: hostname.to_owned(), reason };
        if hostname.is_empty() {
            return Err(ResolverError::NoHostname);
        }
        match (hostname.parse(), srv) {
            (Ok(address), false) => return Ok(Self::Address(address)),
            (Ok(_), true) => return Err(refused("an address has no SRV records".to_owned())),
            (Err(_), _) => {}
        }
        let name = Name::from_str_relaxed(hostname).map_err(|error| refused(error.to_string()))?;
        Ok(if srv { Self::Services(name) } else { Self::Name(name) })
    }

    /// Asks, and waits no longer than `timeout`.
    pub(super) async fn ask(&self, name_servers: &[SocketAddr], timeout: Duration) -> Told {
        let deadline = Instant::now() + timeout;
        let name = match self {
            Self::Address(address) => return Told::addresses(Answer::of(vec![*address])),
            Self::Name(name) | Self::Services(name) => name,
        };
        match (directory(name_servers).await, self) {
            (Ok(directory), Self::Services(_)) => {
                let (services, ttl) = look_up_services(&directory, name, timeout, deadline).await;
                Told { what: What::Services(services), ttl, name: None }
            }
            (Ok(directory), _) => look_up(&directory, name, timeout, deadline).await,
            (Err(reason), Self::Services(_)) => {
                Told { what: What::Services(Err(reason)), ttl: Ttl::default(), name: None }
            }
            (Err(reason), _) => Told::addresses(Answer::failed(&reason)),
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) what: What,
    pub(super) ttl: Ttl,
    /// The name that has the addresses, search domain included.
    pub(super) name: Option<Name>,
}

/// The answer to the one or the other question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Addresses(Answer),
    Services(Result<Vec<Target>, String>),
}

impl Told {
    fn addresses(answer: Answer) -> Self {
        Self { what: What::Addresses(answer), ttl: Ttl::default(), name: None }
    }
}

/// How long an answer may be believed; none where it did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ttl(pub(super) Option<Duration>);

impl Ttl {
    pub(super) fn of(records: &[Record]) -> Self {
        let least = records.iter().map(|record| record.ttl).min();
        Self(least.map(|seconds| Duration::from_secs(seconds.into())))
    }

    /// The shorter one.
    pub(super) fn least(self, other: Self) -> Self {
        Self([self.0, other.0].into_iter().flatten().min())
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
) -> Told {
    let in_file = directory.in_hosts_file(name);
    if !in_file.is_empty() {
        return Told::addresses(Answer::of(in_file));
    }
    let client = match directory.client(timeout) {
        Ok(client) => client,
        Err(error) => return Told::addresses(Answer::failed(&error)),
    };
    let mut nothing = Answer { ipv4: Family::Nothing, ipv6: Family::Nothing };
    for candidate in candidates(name, &directory.search, directory.ndots) {
        let (answer, ttl) = addresses_of(&client, &candidate, deadline).await;
        if answer.has_addresses() {
            return Told { what: What::Addresses(answer), ttl, name: Some(candidate) };
        }
        // Of several names without an address, what is told is the first failure.
        nothing.ipv4 = nothing.ipv4.or_failure(answer.ipv4);
        nothing.ipv6 = nothing.ipv6.or_failure(answer.ipv6);
    }
    Told::addresses(nothing)
}

/// The addresses of this very name.
pub(super) async fn addresses_of(client: &TokioResolver, name: &Name, deadline: Instant) -> (Answer, Ttl) {
    let ((ipv4, ttl), (ipv6, of_ipv6)) = tokio::join!(
        one_family(client, name, RecordType::A, deadline),
        one_family(client, name, RecordType::AAAA, deadline),
    );
    (Answer { ipv4, ipv6 }, ttl.least(of_ipv6))
}

async fn one_family(
    client: &TokioResolver,
    name: &Name,
    family: RecordType,
    deadline: Instant,
) -> (Family, Ttl) {
    match timeout_at(deadline, client.lookup(name.clone(), family)).await {
        Ok(Ok(lookup)) => {
            // There may be other records among them: the aliases on the way.
            let addresses: Vec<IpAddr> =
                lookup.answers().iter().filter_map(|record| record.data.ip_addr()).collect();
            if addresses.is_empty() {
                (Family::Nothing, Ttl::default())
            } else {
                (Family::Addresses(addresses), Ttl::of(lookup.answers()))
            }
        }
        Ok(Err(error)) if error.is_no_records_found() => (Family::Nothing, Ttl::default()),
        Ok(Err(error)) => (Family::failed(&format_args!("{name} {family}: {error}")), Ttl::default()),
        Err(_) => (Family::failed(&format_args!("{name} {family}: no answer in time")), Ttl::default()),
    }
}
