use std::collections::HashMap;
use std::net::IpAddr;

use hickory_resolver::proto::rr::Name;

use super::memory::Memory;
use super::services::Target;

/// The last good addresses of each name that serves.
#[derive(Debug, Default)]
pub(super) struct ServiceMemory {
    names: HashMap<Name, Memory>,
}

/// What to make of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServiceVerdict {
    /// The addresses and ports to go on with; `None`: those from before.
    pub(super) services: Option<Vec<(IpAddr, u16)>>,
    /// Why this is not, or not wholly, what the name servers said.
    pub(super) trouble: Option<String>,
}

impl ServiceMemory {
    /// Judges an answer. Names that are gone are gone; one whose addresses cannot be had keeps its last ones.
    pub(super) fn judge(&mut self, answer: Result<Vec<Target>, String>) -> ServiceVerdict {
        let targets = match answer {
            Ok(targets) if targets.is_empty() => {
                return ServiceVerdict {
                    services: None,
                    trouble: Some("the name has no SRV records".to_owned()),
                };
            }
            Ok(targets) => targets,
            Err(trouble) => return ServiceVerdict { services: None, trouble: Some(trouble) },
        };
        let mut names = HashMap::with_capacity(targets.len());
        let (mut services, mut trouble) = (Vec::new(), None);
        for target in targets {
            let mut memory = self.names.remove(&target.name).unwrap_or_default();
            let verdict = memory.judge(target.answer);
            if let Some(reason) = verdict.trouble {
                let _ = trouble.get_or_insert(format!("{}: {reason}", target.name));
            }
            for address in memory.addresses() {
                services.extend(target.ports.iter().map(|port| (address, *port)));
            }
            names.insert(target.name, memory);
        }
        self.names = names;
        ServiceVerdict { services: Some(services).filter(|services| !services.is_empty()), trouble }
    }
}

#[cfg(test)]
#[path = "service_memory_tests.rs"]
mod tests;
