use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_servicediscovery::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_servicediscovery::config::{Builder, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_servicediscovery::error::BoxError;
use aws_sdk_servicediscovery::types::HealthStatusFilter;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::endpoint::EndpointPrefix;
use tokio::time::timeout;

use super::AwsCloudMapSettings;
use super::answer::MAX_INSTANCES;
use super::instance::Instance;
use super::trouble::{self, Circumstances};

/// What the Collector takes where no region is configured.
const FALLBACK_REGION: &str = "us-east-1";

/// AWS's client for Cloud Map.
#[derive(Debug)]
pub(super) struct Client {
    sdk: aws_sdk_servicediscovery::Client,
    region: String,
    /// Whether nobody said which region.
    is_fallback: bool,
    lacks_credentials: Arc<AtomicBool>,
}

impl Client {
    /// With what the environment, the profile and the instance say of region and credentials.
    pub(super) async fn from_environment(endpoint: Option<&str>) -> Self {
        // The chain asks the instance's metadata over HTTP, too.
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let config = aws_config::from_env().http_client(http.clone()).load().await;
        if config.region().is_some() {
            return Self::new(&config, endpoint, false);
        }
        let region = Region::from_static(FALLBACK_REGION);
        let config = aws_config::from_env().http_client(http).region(region).load().await;
        Self::new(&config, endpoint, true)
    }

    pub(super) fn new(config: &SdkConfig, endpoint: Option<&str>, is_fallback: bool) -> Self {
        let mut builder = Builder::from(config);
        if let Some(url) = endpoint {
            builder = builder.endpoint_url(url);
            builder = builder.interceptor(NoHostPrefix);
        }
        let lacks_credentials = match config.credentials_provider() {
            Some(chain) => {
                let (watched, missing) = super::credentials::WatchedCredentials::new(chain);
                builder = builder.credentials_provider(SharedCredentialsProvider::new(watched));
                missing
            }
            None => Arc::default(),
        };
        Self {
            sdk: aws_sdk_servicediscovery::Client::from_conf(builder.build()),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            is_fallback,
            lacks_credentials,
        }
    }

    /// The region that is asked.
    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Whether nobody said which region.
    pub(super) fn is_fallback(&self) -> bool {
        self.is_fallback
    }

    /// Asks for the instances, and waits no longer than the timeout for all of it: credentials, connection, answer, and
    /// the SDK's repetitions of what failed.
    ///
    /// # Errors
    /// With what to tell an operator.
    pub(super) async fn discover(&self, settings: &AwsCloudMapSettings) -> Result<Vec<Instance>, String> {
        self.lacks_credentials.store(false, Ordering::Relaxed);
        let call = self
            .sdk
            .discover_instances()
            .namespace_name(&settings.namespace)
            .service_name(&settings.service_name)
            .health_status(HealthStatusFilter::from(settings.health_status.as_str()))
            .max_results(MAX_INSTANCES as i32)
            .set_owner_account(settings.owner_account.clone())
            .send();
        let answer = timeout(settings.timeout, call).await;
        let circumstances = Circumstances {
            settings,
            region: &self.region,
            lacks_credentials: self.lacks_credentials.load(Ordering::Relaxed),
        };
        let output = answer
            .map_err(|_| trouble::too_late(&circumstances))?
            .map_err(|error| trouble::told(&error, &circumstances))?;
        let instances = output.instances.unwrap_or_default().into_iter();
        Ok(instances
            .map(|instance| Instance {
                id: instance.instance_id.unwrap_or_default(),
                attributes: instance.attributes.unwrap_or_default(),
            })
            .collect())
    }
}

/// Takes away the `data-` that the model of the service puts before the host, wherever that is: an endpoint that
/// somebody configured has no such name.
#[derive(Debug)]
struct NoHostPrefix;

impl Intercept for NoHostPrefix {
    fn name(&self) -> &'static str {
        "NoHostPrefix"
    }

    fn read_after_serialization(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().unset::<EndpointPrefix>();
        Ok(())
    }
}
