use std::time::Duration;

use super::AwsCloudMapSettings;
use super::answer::Memory;
use super::client::Client;
use crate::ResolverError;
use crate::metrics::CloudMapSeries;
use crate::poller::{Finding, Source, unless_zero};

/// AWS Cloud Map, asked for one service.
#[derive(Debug)]
pub(crate) struct CloudMapSource {
    name: String,
    settings: AwsCloudMapSettings,
    client: Option<Client>,
    memory: Memory,
    series: CloudMapSeries,
    /// Whether the log has the region, or the lack of one.
    has_told_region: bool,
}

impl CloudMapSource {
    pub(crate) fn new(
        mut settings: AwsCloudMapSettings,
        series: CloudMapSeries,
    ) -> Result<Self, ResolverError> {
        if settings.namespace.is_empty() {
            return Err(ResolverError::NoNamespace);
        }
        if settings.service_name.is_empty() {
            return Err(ResolverError::NoServiceName);
        }
        settings.interval = unless_zero(settings.interval, Duration::from_secs(30));
        settings.timeout = unless_zero(settings.timeout, Duration::from_secs(5));
        let name = format!("{}/{}", settings.namespace, settings.service_name);
        let memory = Memory::default();
        Ok(Self { name, settings, client: None, memory, series, has_told_region: false })
    }

    /// Asks by this client, and not by one that the environment says.
    #[cfg(test)]
    pub(super) fn by(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    async fn client(&mut self) -> &Client {
        let known = self.client.take();
        let client = match known {
            Some(client) => client,
            None => Client::from_environment(self.settings.endpoint.as_deref()).await,
        };
        if !self.has_told_region {
            self.has_told_region = true;
            let (name, region) = (&self.name, client.region());
            if client.is_fallback() {
                tracing::warn!(
                    name,
                    region,
                    "no AWS region is configured: {region} is taken, as the Collector does; set AWS_REGION"
                );
            } else {
                tracing::info!(name, region, "asking AWS Cloud Map");
            }
        }
        self.client.insert(client)
    }
}

impl Source for CloudMapSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn interval(&self) -> Duration {
        self.settings.interval
    }

    async fn look_up(&mut self) -> Finding {
        let settings = self.settings.clone();
        let client = self.client().await;
        let answer = client.discover(&settings).await;
        if answer.is_err() && client.is_fallback() {
            // The instance's metadata may have been out of reach for a moment.
            self.client = None;
        }
        let verdict = self.memory.judge(answer, &settings);
        self.series.left_out.set(verdict.left_out);
        if verdict.is_full {
            self.series.full_answers.inc();
        }
        for note in verdict.notes {
            tracing::warn!(name = self.name, "{note}");
        }
        verdict.finding
    }
}
