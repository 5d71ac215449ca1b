use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Providing;

use super::super::AwsCloudMapSettings;
use super::server::{CloudMap, Reply, addresses, refusal};
use super::{environment, keys, settings, watch, watch_in};
use crate::testing::{Lines, Watched, until_true};
use crate::{Resolver, ResolverError, ResolverMetrics};

/// Whatever goes wrong, the last good list stays, the failures are counted, and the next good answer is taken.
#[tokio::test]
async fn the_last_good_list_outlives_every_failure() {
    let cloud_map = CloudMap::start(addresses(&["127.0.0.1", "127.0.0.2"])).await;
    let mut watched =
        watch(AwsCloudMapSettings { timeout: Duration::from_secs(2), ..settings(cloud_map.address) });
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    let failures = [
        refusal(400, "RequestLimitExceeded", "slow down"),
        refusal(500, "InternalFailure", "oops"),
        Reply::Body(503, "<html>".to_owned()),
        Reply::Body(200, "{\"Instances\": [{\"InstanceId\":".to_owned()),
        Reply::Body(200, "[]".to_owned()),
        Reply::HangUp,
        addresses(&[]),
        Reply::Silence,
    ];
    for failure in failures {
        cloud_map.reply(failure.clone());
        watched.until_failed(2).await;
        assert_eq!(watched.current(), ["127.0.0.1:4317", "127.0.0.2:4317"], "{failure:?}");
    }
    cloud_map.reply(addresses(&["127.0.0.3"]));
    watched.until(&["127.0.0.3:4317"]).await;
}

/// The log says once what is wrong and what to do, and that it is over.
#[tokio::test]
async fn each_trouble_is_told_once_with_what_to_do() {
    let cases = [
        (
            refusal(400, "NamespaceNotFound", "nope"),
            "there is no namespace `otel-collectors` in region eu-central-1",
        ),
        (
            refusal(400, "ServiceNotFound", "nope"),
            "namespace `otel-collectors` in region eu-central-1 has no service `tier2-collector`",
        ),
        (
            refusal(400, "RequestLimitExceeded", "nope"),
            "AWS wants fewer requests (RequestLimitExceeded: nope)",
        ),
        (
            refusal(400, "AccessDeniedException", "User x is not authorized"),
            "the role needs the permission servicediscovery:DiscoverInstances",
        ),
        (
            refusal(400, "UnrecognizedClientException", "The security token is invalid"),
            "the AWS credentials are refused (HTTP 400, UnrecognizedClientException",
        ),
        (Reply::Body(403, "<ErrorResponse/>".to_owned()), "the AWS credentials are refused (HTTP 403"),
        (Reply::Body(200, "{".to_owned()), "gave an answer that is none: "),
        (refusal(400, "InvalidInput", "too long"), "answered HTTP 400 (InvalidInput: too long)"),
        (Reply::HangUp, "cannot be reached"),
        (addresses(&[]), "has no instance (health status asked for: HEALTHY)"),
    ];
    for (reply, words) in cases {
        let (lines, _guard) = Lines::gather();
        let cloud_map = CloudMap::start(reply).await;
        let mut watched = watch(settings(cloud_map.address));
        watched.until_failed(3).await;
        assert_eq!(lines.count("failed to resolve; 0 endpoints are kept"), 1, "{}", lines.text());
        assert_eq!(lines.count(words), 1, "{words}:\n{}", lines.text());
        cloud_map.reply(addresses(&["127.0.0.1"]));
        watched.until(&["127.0.0.1:4317"]).await;
        until_true(|| lines.count("resolved again") == 1).await;
    }
}

/// The timeout holds for the whole call, though the server says nothing and the SDK would try again.
#[tokio::test]
async fn a_call_takes_no_longer_than_the_timeout() {
    let (lines, _guard) = Lines::gather();
    let cloud_map = CloudMap::start(Reply::Silence).await;
    let settings = AwsCloudMapSettings { timeout: Duration::from_millis(200), ..settings(cloud_map.address) };
    let watched = watch_in(settings, &environment(keys(), RetryConfig::standard()));
    watched.until_failed(3).await;
    assert_eq!(lines.count("did not answer within 200ms"), 1, "{}", lines.text());
    assert!(cloud_map.asked().len() >= 3);
}

/// What passes by itself is asked again by the SDK, within the same look-up.
#[tokio::test]
async fn a_passing_failure_is_none() {
    let cloud_map = CloudMap::start(addresses(&["127.0.0.1"])).await;
    cloud_map.reply_next(&[refusal(400, "RequestLimitExceeded", "slow down"), Reply::HangUp]);
    let mut watched = watch_in(
        AwsCloudMapSettings { interval: Duration::from_secs(3600), ..settings(cloud_map.address) },
        &environment(keys(), RetryConfig::standard().with_initial_backoff(Duration::from_millis(5))),
    );
    watched.until(&["127.0.0.1:4317"]).await;
    assert_eq!((watched.failures(), cloud_map.asked().len()), (0, 3));
}

/// Credentials that are not there, or do not come in time.
#[derive(Debug)]
struct NoCredentials {
    in_time: bool,
}

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> Providing<'a>
    where
        Self: 'a,
    {
        let in_time = self.in_time;
        Providing::new(async move {
            if !in_time {
                std::future::pending::<()>().await;
            }
            Err(CredentialsError::not_loaded("no providers in chain provided credentials"))
        })
    }
}

fn without_credentials(cloud_map: &CloudMap, in_time: bool) -> Watched {
    let settings = AwsCloudMapSettings { timeout: Duration::from_millis(200), ..settings(cloud_map.address) };
    watch_in(settings, &environment(NoCredentials { in_time }, RetryConfig::disabled()))
}

/// Without credentials nothing is asked, and the log says that it is them.
#[tokio::test]
async fn missing_credentials_are_named() {
    for (in_time, why) in
        [(true, "no providers in chain provided credentials"), (false, "none came within 200ms")]
    {
        let (lines, _guard) = Lines::gather();
        let cloud_map = CloudMap::start(addresses(&["127.0.0.1"])).await;
        let watched = without_credentials(&cloud_map, in_time);
        watched.until_failed(2).await;
        assert_eq!(lines.count("there are no AWS credentials: "), 1, "{}", lines.text());
        assert!(lines.text().contains(why), "{}", lines.text());
        assert!(cloud_map.asked().is_empty());
    }
}

/// Settings that could never work are refused at once, in the Collector's words.
#[tokio::test]
async fn what_is_missing_is_refused() {
    let refused = |namespace: &str, service_name: &str| {
        let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
        let settings = AwsCloudMapSettings {
            namespace: namespace.to_owned(),
            service_name: service_name.to_owned(),
            ..settings(([127, 0, 0, 1], 9).into())
        };
        Resolver::aws_cloud_map(settings, &metrics).unwrap_err()
    };
    let error = refused("", "s");
    assert_eq!(error, ResolverError::NoNamespace);
    assert_eq!(error.to_string(), "no Cloud Map namespace specified to resolve the backends");
    let error = refused("n", "").to_string();
    assert_eq!(error, "no Cloud Map service_name specified to resolve the backends");
}
