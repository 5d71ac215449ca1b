use std::time::Duration;

use super::server::NameServer;
use super::{settings, watch};
use crate::GuardSettings;
use crate::dns::DnsSettings;
use crate::testing::{Lines, until_true};

/// A service's name that always has one address is told once, with what to write; another name is not.
#[tokio::test]
async fn a_service_with_a_cluster_ip_is_told_once() {
    let (lines, _guard) = Lines::gather();
    let server = NameServer::start().await;
    let names = ["tier2.observability.svc.cluster.local", "tier2.test"];
    for (told, hostname) in [(1, names[0]), (1, names[1])] {
        server.set(hostname, &["10.96.0.17"]);
        let mut watched = watch(DnsSettings { hostname: hostname.to_owned(), ..settings(server.address) });
        watched.until(&["10.96.0.17:4317"]).await;
        let single = r#"sluice_resolver_single_address{resolver="dns"}"#;
        until_true(|| watched.metric(single) == 1 && watched.successes() > 8).await;
        assert_eq!(lines.count("write `clusterIP: None` into the service"), told, "{}", lines.text());
        server.set(hostname, &["10.0.0.1", "10.0.0.2"]);
        until_true(|| watched.metric(single) == 0).await;
    }
}

/// Answers that are a changing part of the backends are told once.
#[tokio::test]
async fn a_rotating_answer_is_told_once() {
    let (lines, _guard) = Lines::gather();
    let server = NameServer::start().await;
    let parts = [["127.0.0.1", "127.0.0.2"], ["127.0.0.3", "127.0.0.4"]];
    server.set("tier2.test", &parts[0]);
    let mut watched = watch(settings(server.address));
    for round in 0..12 {
        let part = parts[round % 2];
        server.set("tier2.test", &part);
        watched.until(&part.map(|address| format!("{address}:4317")).each_ref().map(String::as_str)).await;
    }
    until_true(|| watched.metric(r#"sluice_resolver_rotating_answers{resolver="dns"}"#) == 1).await;
    assert_eq!(
        lines.count("the name servers tell of a changing part of the backends"),
        1,
        "{}",
        lines.text()
    );
}

/// With a guard, a sudden loss is held back, counted and told once, and taken when it has lasted.
#[tokio::test]
async fn a_sudden_loss_is_held_back() {
    let (lines, _guard) = Lines::gather();
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    let guard = GuardSettings { min_backends: 2, hysteresis: Duration::ZERO };
    let mut watched = watch(DnsSettings { guard, ..settings(server.address) });
    let all = ["127.0.0.1:4317", "127.0.0.2:4317", "127.0.0.3:4317"];
    watched.until(&all).await;
    server.set("tier2.test", &["127.0.0.1"]);
    let held_back = r#"sluice_resolver_held_back_answers_total{resolver="dns"}"#;
    until_true(|| watched.metric(held_back) > 3).await;
    assert_eq!(watched.current(), all);
    assert_eq!(lines.count("1 of 3 backends are left, fewer than min_backends (2)"), 1, "{}", lines.text());
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    watched.until(&all[..2]).await;

    let guard = GuardSettings { min_backends: 0, hysteresis: Duration::from_millis(300) };
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    let mut watched = watch(DnsSettings { guard, ..settings(server.address) });
    watched.until(&all).await;
    server.set("tier2.test", &["127.0.0.1"]);
    until_true(|| watched.metric(held_back) > 1).await;
    watched.until(&all[..1]).await;
}
