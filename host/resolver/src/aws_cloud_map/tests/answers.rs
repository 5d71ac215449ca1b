use super::super::{AwsCloudMapSettings, HealthStatus};
use super::server::{CloudMap, addresses, instances};
use super::{settings, watch};
use crate::testing::{Lines, until_true};

/// The request has what the settings say, is signed for the service and the region, and goes to the endpoint as it is.
#[tokio::test]
async fn the_request_says_what_is_wanted() {
    let cloud_map = CloudMap::start(addresses(&["127.0.0.1"])).await;
    let mut watched = watch(AwsCloudMapSettings {
        health_status: HealthStatus::HealthyOrElseAll,
        owner_account: Some("123456789012".to_owned()),
        ..settings(cloud_map.address)
    });
    watched.until(&["127.0.0.1:4317"]).await;
    let asked = &cloud_map.asked()[0];
    assert_eq!(
        asked.body,
        serde_json::json!({
            "NamespaceName": "otel-collectors",
            "ServiceName": "tier2-collector",
            "HealthStatus": "HEALTHY_OR_ELSE_ALL",
            "MaxResults": 1000,
            "OwnerAccount": "123456789012",
        })
    );
    assert_eq!(asked.headers["x-amz-target"], "Route53AutoNaming_v20170314.DiscoverInstances");
    assert_eq!(asked.headers["host"], cloud_map.address.to_string());
    let signature = asked.headers["authorization"].to_str().unwrap();
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{signature}");
    assert!(signature.contains("/eu-central-1/servicediscovery/aws4_request"), "{signature}");
}

/// By default the healthy ones are asked for, and nobody else's namespace.
#[tokio::test]
async fn healthy_instances_are_asked_for_by_default() {
    let cloud_map = CloudMap::start(addresses(&["127.0.0.1"])).await;
    watch(settings(cloud_map.address)).until(&["127.0.0.1:4317"]).await;
    let body = cloud_map.asked()[0].body.clone();
    assert_eq!((&body["HealthStatus"], body.get("OwnerAccount")), (&"HEALTHY".into(), None));
}

/// Endpoints come sorted, one for each address, with the registered port where none is configured; each change of the
/// set is one change of the list, and another order is none.
#[tokio::test]
async fn the_list_follows_the_instances() {
    let at = |port: &'static str, address: &'static str| {
        [("AWS_INSTANCE_IPV4", address), ("AWS_INSTANCE_PORT", port)]
    };
    let (a, b, v6) = (
        at("4317", "127.0.0.9"),
        at("4318", "127.0.0.10"),
        [("AWS_INSTANCE_IPV6", "::1"), ("AWS_INSTANCE_PORT", "4317")],
    );
    let cloud_map = CloudMap::start(instances(&[("i1", &a), ("i2", &b), ("i3", &v6), ("i4", &a)])).await;
    let mut watched = watch(AwsCloudMapSettings { port: None, ..settings(cloud_map.address) });
    watched.until(&["127.0.0.10:4318", "127.0.0.9:4317", "[::1]:4317"]).await;

    cloud_map.reply(instances(&[("i4", &a), ("i3", &v6), ("i2", &b)]));
    let before = watched.successes();
    until_true(|| watched.successes() > before + 2).await;
    let updates = r#"otelcol_loadbalancer_num_backend_updates_total{resolver="aws"}"#;
    assert_eq!(watched.metric(updates), 1);

    cloud_map.reply(instances(&[("i2", &b)]));
    watched.until(&["127.0.0.10:4318"]).await;
    assert_eq!(watched.metric(updates), 2);
    assert_eq!(watched.metric(r#"otelcol_loadbalancer_num_backends{resolver="aws"}"#), 1);
    assert_eq!(watched.failures(), 0);
}

/// An instance without an address is counted and told once, not at every look-up; the others are used.
#[tokio::test]
async fn an_instance_without_an_address_is_told_once() {
    let (lines, _guard) = Lines::gather();
    let good: &[_] = &[("AWS_INSTANCE_IPV4", "127.0.0.1")];
    let cloud_map = CloudMap::start(instances(&[("i-good", good), ("i-bare", &[])])).await;
    let mut watched = watch(settings(cloud_map.address));
    watched.until(&["127.0.0.1:4317"]).await;
    until_true(|| watched.successes() > 4).await;
    assert_eq!(lines.count("1 of 2 instances are left out: `i-bare`"), 1, "{}", lines.text());
    let left_out = r#"sluice_resolver_left_out_instances{resolver="aws"}"#;
    assert_eq!(watched.metric(left_out), 1);
    cloud_map.reply(addresses(&["127.0.0.1"]));
    until_true(|| watched.metric(left_out) == 0).await;
    assert_eq!(lines.count("every instance has an address and a port again"), 1);
}

/// A thousand instances all become backends; that there may be more is told once, and counted each time.
#[tokio::test]
async fn a_thousand_instances_may_not_be_all() {
    let (lines, _guard) = Lines::gather();
    let texts: Vec<String> = (0..1000).map(|n| format!("127.1.{}.{}", n / 250, n % 250 + 1)).collect();
    let cloud_map = CloudMap::start(addresses(&texts.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let mut watched = watch(settings(cloud_map.address));
    let mut expected: Vec<String> = texts.iter().map(|text| format!("{text}:4317")).collect();
    expected.sort();
    watched.until(&expected.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let full = r#"sluice_resolver_full_answers_total{resolver="aws"}"#;
    until_true(|| watched.metric(full) > 2).await;
    assert_eq!(lines.count("the answer has 1000 instances, the most that AWS gives at once"), 1);
}
