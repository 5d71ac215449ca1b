use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::DnsSettings;
use super::complaints::Complaints;
use super::memory::{Memory, Verdict};
use super::question::Question;
use crate::ResolverError;
use crate::announcer::Announcer;
use crate::endpoint::endpoint_text;

/// Looks a name up, again and again, and announces what changed.
#[derive(Debug)]
pub(crate) struct Poller {
    settings: DnsSettings,
    question: Question,
    announcer: Announcer,
    memory: Memory,
    complaints: Complaints,
}

impl Poller {
    pub(crate) fn new(mut settings: DnsSettings, announcer: Announcer) -> Result<Self, ResolverError> {
        let question = Question::new(&settings.hostname)?;
        settings.interval = unless_zero(settings.interval, Duration::from_secs(5));
        settings.timeout = unless_zero(settings.timeout, Duration::from_secs(1));
        Ok(Self {
            settings,
            question,
            announcer,
            memory: Memory::default(),
            complaints: Complaints::default(),
        })
    }

    /// Never ends by itself.
    pub(crate) async fn run(mut self) {
        loop {
            let next = Instant::now() + self.settings.interval.mul_f64(0.9 + 0.1 * fastrand::f64());
            let answer = self.question.ask(&self.settings.nameservers, self.settings.timeout).await;
            let verdict = self.memory.judge(answer);
            self.tell(verdict);
            sleep_until(next).await;
        }
    }

    fn tell(&mut self, verdict: Verdict) {
        let endpoints = verdict.addresses.map(|addresses| {
            let mut texts: Vec<String> =
                addresses.into_iter().map(|address| endpoint_text(address, self.settings.port)).collect();
            texts.sort_unstable();
            texts.dedup();
            texts
        });
        let hostname = &self.settings.hostname;
        match (endpoints, verdict.trouble) {
            (Some(endpoints), None) => {
                self.announcer.succeeded(endpoints);
                let failures = self.complaints.succeeded();
                if failures > 0 {
                    tracing::info!(hostname, failures, "resolved again");
                }
            }
            (kept, trouble) => {
                self.announcer.failed(kept);
                if self.complaints.failed(Instant::now()) {
                    let error = trouble.unwrap_or_default();
                    let kept = self.announcer.announced();
                    tracing::warn!(hostname, error, "failed to resolve; {kept} endpoints are kept");
                }
            }
        }
    }
}

fn unless_zero(value: Duration, default: Duration) -> Duration {
    if value.is_zero() { default } else { value }
}
