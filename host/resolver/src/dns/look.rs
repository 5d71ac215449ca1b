//! A single look at the records of a name.

use std::net::IpAddr;
use std::time::Duration;

use super::DnsSettings;
use super::memory::{Answer, Memory};
use super::question::{Question, What};
use super::services::Target;
use crate::endpoint::endpoint_text;
use crate::poller::unless_zero;
use crate::{Record, ResolverError, Sighting};

impl DnsSettings {
    /// What the name servers say now: asked once, as the resolver asks.
    ///
    /// # Errors
    /// When the name can never be looked up, has no records, or nobody answers in time.
    pub async fn look(&self) -> Result<Vec<Sighting>, ResolverError> {
        let question = Question::new(&self.hostname, self.srv)?;
        let told = question.ask(&self.nameservers, unless_zero(self.timeout, Duration::from_secs(1))).await;
        let seen = match told.what {
            What::Addresses(answer) => {
                let name = told.name.map_or_else(|| self.hostname.clone(), |name| name.to_string());
                addresses(answer).map(|addresses| {
                    addresses.into_iter().map(|address| self.address(&name, address)).collect()
                })
            }
            What::Services(targets) => targets.and_then(|targets| self.services(targets)),
        };
        seen.map_err(|reason| ResolverError::Unresolved { hostname: self.hostname.clone(), reason })
    }

    fn address(&self, name: &str, address: IpAddr) -> Sighting {
        Sighting {
            record: Record::Address { name: name.to_owned(), address },
            endpoints: vec![endpoint_text(address, self.port)],
        }
    }

    fn services(&self, targets: Vec<Target>) -> Result<Vec<Sighting>, String> {
        let mut seen = Vec::new();
        for Target { name: target, ports, answer } in targets {
            // A name without addresses is a record nevertheless.
            let addresses = addresses(answer).unwrap_or_default();
            seen.extend(ports.into_iter().map(|port| Sighting {
                endpoints: addresses.iter().map(|address| endpoint_text(*address, Some(port))).collect(),
                record: Record::Service {
                    name: self.hostname.clone(),
                    target: target.to_string(),
                    port,
                    addresses: addresses.clone(),
                },
            }));
        }
        if seen.is_empty() { Err("the name has no SRV records".to_owned()) } else { Ok(seen) }
    }
}

/// The addresses of an answer, or why there are none.
fn addresses(answer: Answer) -> Result<Vec<IpAddr>, String> {
    let verdict = Memory::default().judge(answer);
    verdict.addresses.ok_or_else(|| verdict.trouble.unwrap_or_default())
}
