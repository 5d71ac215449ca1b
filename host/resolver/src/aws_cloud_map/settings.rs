use std::time::Duration;

use crate::GuardSettings;

/// The settings of the aws_cloud_map resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsCloudMapSettings {
    /// The `HttpName` of the namespace.
    pub namespace: String,
    /// The service in it.
    pub service_name: String,
    /// Which instances count. Where a service has no health check, all do.
    pub health_status: HealthStatus,
    /// The backends' port. `None`: what each instance has as `AWS_INSTANCE_PORT`.
    pub port: Option<u16>,
    /// The longest time from one look-up to the next; zero stands for 30 s. Each is up to a tenth shorter.
    pub interval: Duration,
    /// How long a look-up may take, credentials and repetitions included; zero stands for 5 s.
    pub timeout: Duration,
    /// The account that the namespace belongs to, where it is not ours.
    pub owner_account: Option<String>,
    /// Where to ask instead of AWS's address for the region: a URL. It is taken as it is, without the `data-` that
    /// AWS's own addresses have before them.
    pub endpoint: Option<String>,
    /// What keeps sudden losses from being believed.
    pub guard: GuardSettings,
}

/// Which instances are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HealthStatus {
    /// Those that are healthy.
    #[default]
    Healthy,
    /// Those that are not.
    Unhealthy,
    /// Either.
    All,
    /// The healthy ones, and where there is none, all.
    HealthyOrElseAll,
}

impl HealthStatus {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
            Self::All => "ALL",
            Self::HealthyOrElseAll => "HEALTHY_OR_ELSE_ALL",
        }
    }
}
