//! SRV records: names and ports of backends, and then the addresses of the names.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::directory::Directory;
use super::memory::Answer;
use super::names::candidates;
use super::question::{Ttl, addresses_of};

/// So many names are looked up at a time.
const AT_ONCE: usize = 16;

/// A name that serves, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: Name,
    pub(super) ports: Vec<u16>,
    pub(super) answer: Answer,
}

/// Tries the names that `name` may stand for until one has SRV records. Of these, the ones of the most wanted priority
/// count, and their weights do not: the ring gives everybody the same.
pub(super) async fn look_up_services(
    directory: &Directory,
    name: &Name,
    timeout: Duration,
    deadline: Instant,
) -> (Result<Vec<Target>, String>, Ttl) {
    let client = match directory.client(timeout) {
        Ok(client) => client,
        Err(error) => return (Err(error.to_string()), Ttl::default()),
    };
    let mut failure = None;
    for candidate in candidates(name, &directory.search, directory.ndots) {
        match timeout_at(deadline, client.lookup(candidate.clone(), RecordType::SRV)).await {
            Ok(Ok(lookup)) => {
                let services = services(lookup.answers());
                if !services.is_empty() {
                    let mut ttl = Ttl::of(lookup.answers());
                    let targets = targets(&client, services, lookup.additionals(), deadline, &mut ttl).await;
                    return (Ok(targets), ttl);
                }
            }
            Ok(Err(error)) if error.is_no_records_found() => {}
            Ok(Err(error)) => failure = failure.or(Some(format!("{candidate} SRV: {error}"))),
            Err(_) => failure = failure.or(Some(format!("{candidate} SRV: no answer in time"))),
        }
    }
    (failure.map_or(Ok(Vec::new()), Err), Ttl::default())
}

/// Names and ports of the most wanted priority. The root as a name says that there is no such service.
fn services(records: &[Record]) -> BTreeMap<Name, Vec<u16>> {
    let services = || {
        records.iter().filter_map(|record| match &record.data {
            RData::SRV(service) if !service.target.is_root() => Some(service),
            _ => None,
        })
    };
    let wanted = services().map(|service| service.priority).min();
    let mut found: BTreeMap<Name, Vec<u16>> = BTreeMap::new();
    for service in services().filter(|service| Some(service.priority) == wanted) {
        found.entry(service.target.clone()).or_default().push(service.port);
    }
    found
}

/// The addresses of the names: those that came with the answer, else those that are asked for.
async fn targets(
    client: &TokioResolver,
    services: BTreeMap<Name, Vec<u16>>,
    additionals: &[Record],
    deadline: Instant,
    ttl: &mut Ttl,
) -> Vec<Target> {
    let mut found = Vec::with_capacity(services.len());
    let mut asked: JoinSet<(Target, Ttl)> = JoinSet::new();
    for (name, ports) in services {
        let given: Vec<IpAddr> = additionals
            .iter()
            .filter(|record| record.name == name)
            .filter_map(|record| record.data.ip_addr())
            .collect();
        if !given.is_empty() {
            found.push(Target { name, ports, answer: Answer::of(given) });
            continue;
        }
        if asked.len() >= AT_ONCE {
            gather(asked.join_next().await, &mut found, ttl);
        }
        let client = client.clone();
        asked.spawn(async move {
            let (answer, ttl) = addresses_of(&client, &name, deadline).await;
            (Target { name, ports, answer }, ttl)
        });
    }
    while let Some(next) = asked.join_next().await {
        gather(Some(next), &mut found, ttl);
    }
    found
}

fn gather(
    joined: Option<Result<(Target, Ttl), tokio::task::JoinError>>,
    found: &mut Vec<Target>,
    ttl: &mut Ttl,
) {
    if let Some(Ok((target, of_target))) = joined {
        *ttl = ttl.least(of_target);
        found.push(target);
    }
}
