use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::proto::rr::Name;

use super::DnsSettings;
use super::diagnosis::Diagnosis;
use super::memory::Memory;
use super::question::{Question, Ttl, What};
use super::service_memory::ServiceMemory;
use crate::ResolverError;
use crate::endpoint::endpoint_text;
use crate::metrics::DnsSeries;
use crate::poller::{Finding, Source, unless_zero};

/// How soon the next look-up is, by the time to live of an answer, where no interval is configured.
const SOONEST: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(30);

/// The same, when there was no answer that says.
const WITHOUT_TTL: Duration = Duration::from_secs(5);

/// The name servers, asked for one name.
#[derive(Debug)]
pub(crate) struct DnsSource {
    settings: DnsSettings,
    question: Question,
    memory: Memory,
    services: ServiceMemory,
    diagnosis: Diagnosis,
    ttl: Ttl,
    series: DnsSeries,
}

impl DnsSource {
    pub(crate) fn new(mut settings: DnsSettings, series: DnsSeries) -> Result<Self, ResolverError> {
        let question = Question::new(&settings.hostname, settings.srv)?;
        settings.interval = settings.interval.filter(|interval| !interval.is_zero());
        settings.timeout = unless_zero(settings.timeout, Duration::from_secs(1));
        Ok(Self {
            settings,
            question,
            memory: Memory::default(),
            services: ServiceMemory::default(),
            diagnosis: Diagnosis::default(),
            ttl: Ttl::default(),
            series,
        })
    }

    fn look_closer(&mut self, addresses: &[IpAddr], name: Option<&Name>) {
        let (signs, new) = self.diagnosis.look(addresses);
        self.series.single_address.set(usize::from(signs.is_single));
        self.series.rotating_answers.set(usize::from(signs.is_rotating));
        let hostname = &self.settings.hostname;
        if new.is_single && name.is_some_and(is_in_cluster) {
            tracing::warn!(
                hostname,
                "the name has always had one address: if the service has more pods than one, it has a cluster IP, and its \
                 traffic is not routed by key; write `clusterIP: None` into the service"
            );
        }
        if new.is_rotating {
            tracing::warn!(
                hostname,
                "each answer has as many addresses, but other ones: the name servers tell of a changing part of the \
                 backends, and keys move with every answer; have them tell of all (Route 53: no multivalue answers)"
            );
        }
    }
}

/// Whether a name is that of a Kubernetes service, as `tier2.observability.svc.cluster.local.` is.
fn is_in_cluster(name: &Name) -> bool {
    name.iter().skip(2).any(|label| label.eq_ignore_ascii_case(b"svc"))
}

impl Source for DnsSource {
    fn name(&self) -> &str {
        &self.settings.hostname
    }

    fn interval(&self) -> Duration {
        self.settings.interval.unwrap_or_else(|| match self.ttl.0 {
            Some(ttl) => ttl.clamp(SOONEST, LATEST),
            None => WITHOUT_TTL,
        })
    }

    async fn look_up(&mut self) -> Finding {
        let told = self.question.ask(&self.settings.nameservers, self.settings.timeout).await;
        self.ttl = told.ttl;
        let port = self.settings.port;
        let (found, trouble) = match told.what {
            What::Addresses(answer) => {
                let verdict = self.memory.judge(answer);
                let found = verdict.addresses;
                (found.map(|all| all.into_iter().map(|address| (address, port)).collect()), verdict.trouble)
            }
            What::Services(answer) => {
                let verdict = self.services.judge(answer);
                let found = verdict.services;
                let with_port = |(address, port)| (address, Some(port));
                (found.map(|all| all.into_iter().map(with_port).collect::<Vec<_>>()), verdict.trouble)
            }
        };
        if let (Some(found), None) = (&found, &trouble) {
            let addresses: Vec<IpAddr> = found.iter().map(|(address, _)| *address).collect();
            self.look_closer(&addresses, told.name.as_ref());
        }
        let endpoints = found
            .map(|found| found.into_iter().map(|(address, port)| endpoint_text(address, port)).collect());
        Finding { endpoints, trouble }
    }
}
