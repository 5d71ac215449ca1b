use std::time::Duration;

use super::DnsSettings;
use super::memory::Memory;
use super::question::Question;
use crate::ResolverError;
use crate::endpoint::endpoint_text;
use crate::poller::{Finding, Source, unless_zero};

/// The name servers, asked for one name.
#[derive(Debug)]
pub(crate) struct DnsSource {
    settings: DnsSettings,
    question: Question,
    memory: Memory,
}

impl DnsSource {
    pub(crate) fn new(mut settings: DnsSettings) -> Result<Self, ResolverError> {
        let question = Question::new(&settings.hostname)?;
        settings.interval = unless_zero(settings.interval, Duration::from_secs(5));
        settings.timeout = unless_zero(settings.timeout, Duration::from_secs(1));
        Ok(Self { settings, question, memory: Memory::default() })
    }
}

impl Source for DnsSource {
    fn name(&self) -> &str {
        &self.settings.hostname
    }

    fn interval(&self) -> Duration {
        self.settings.interval
    }

    async fn look_up(&mut self) -> Finding {
        let answer = self.question.ask(&self.settings.nameservers, self.settings.timeout).await;
        let verdict = self.memory.judge(answer);
        let port = self.settings.port;
        let endpoints = verdict
            .addresses
            .map(|addresses| addresses.into_iter().map(|address| endpoint_text(address, port)).collect());
        Finding { endpoints, trouble: verdict.trouble }
    }
}
