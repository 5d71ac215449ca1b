//! The SDK's client against a server in this process that answers what a test says.

mod answers;
mod failures;
mod server;

use std::net::SocketAddr;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::client::Client;
use super::{AwsCloudMapSettings, CloudMapSource, HealthStatus};
use crate::resolver::Resolver;
use crate::testing::{PATIENCE, Watched};

fn settings(server: SocketAddr) -> AwsCloudMapSettings {
    AwsCloudMapSettings {
        namespace: "otel-collectors".to_owned(),
        service_name: "tier2-collector".to_owned(),
        health_status: HealthStatus::Healthy,
        port: Some(4317),
        interval: Duration::from_millis(20),
        timeout: PATIENCE,
        owner_account: None,
        endpoint: Some(format!("http://{server}")),
        guard: crate::GuardSettings::default(),
    }
}

/// What the environment would say: a region, credentials, and no repetitions.
fn environment(credentials: impl ProvideCredentials + 'static, retry: RetryConfig) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retry)
        .build()
}

fn keys() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", None, None, "test")
}

/// A resolver that asks the server at short intervals, as this environment says.
fn watch_in(settings: AwsCloudMapSettings, environment: &SdkConfig) -> Watched {
    let client = Client::new(environment, settings.endpoint.as_deref(), false);
    Watched::new("aws", |metrics| {
        let guard = settings.guard;
        let source = CloudMapSource::new(settings, metrics.cloud_map_series("aws"))?.by(client);
        Ok(Resolver::polling("aws", source, guard, metrics))
    })
}

fn watch(settings: AwsCloudMapSettings) -> Watched {
    watch_in(settings, &environment(keys(), RetryConfig::disabled()))
}
