use super::server::{NameServer, Reply};
use super::{settings, watch};
use crate::dns::DnsSettings;
use crate::testing::{Lines, PATIENCE, Watched, metric, until_true};
use crate::{Resolver, ResolverError, ResolverMetrics};

/// Dropping the resolver ends the look-ups and those who watch, and takes its backends out of the gauge.
#[tokio::test]
async fn dropping_the_resolver_ends_it() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    let Watched { resolver, mut endpoints, registry, .. } = watched;
    drop(resolver);
    assert!(tokio::time::timeout(PATIENCE, endpoints.changed()).await.unwrap().is_err());
    until_true(|| metric(&registry, r#"otelcol_loadbalancer_num_backends{resolver="dns"}"#) == 0).await;
}

/// Settings that could never work are refused at once, in the Collector's words where it has them.
#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let refused = |hostname: &str| {
        let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
        let settings = DnsSettings { hostname: hostname.to_owned(), ..settings(([127, 0, 0, 1], 9).into()) };
        Resolver::dns(settings, &metrics).unwrap_err()
    };
    assert_eq!(refused("").to_string(), "no hostname specified to resolve the backends");
    for hostname in ["a..b", &"a".repeat(64)] {
        assert!(matches!(refused(hostname), ResolverError::Hostname { .. }), "{hostname}");
    }
}

/// The log has a line for each backend that comes or goes, by the address that is dialled, one warning for
/// a series of failures, and a line when it ends.
#[tokio::test]
async fn the_log_tells_of_changes_and_of_failures_once() {
    let (lines, _guard) = Lines::gather();

    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let mut watched = watch(DnsSettings { port: None, ..settings(server.address) });
    watched.until(&["127.0.0.1", "127.0.0.2"]).await;
    assert_eq!(lines.count("backend 127.0.0.1:4317 added"), 1);

    server.reply_all("tier2.test", &Reply::Addresses(Vec::new()));
    watched.until_failed(4).await;
    assert_eq!(lines.count("failed to resolve; 2 endpoints are kept"), 1, "{}", lines.text());

    server.set("tier2.test", &["127.0.0.2"]);
    watched.until(&["127.0.0.2"]).await;
    until_true(|| lines.count("resolved again") == 1).await;
    assert_eq!(lines.count("backend 127.0.0.1:4317 removed"), 1);
    assert_eq!(lines.count("added"), 2);
    let last =
        watched.metric(r#"sluice_resolver_last_answer_timestamp_seconds{resolver="dns",name="tier2.test"}"#);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(last <= now && now - last < PATIENCE.as_secs(), "{last} at {now}");
}
