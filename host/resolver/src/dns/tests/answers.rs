use super::server::{NameServer, Reply};
use super::{settings, watch};
use crate::dns::DnsSettings;
use crate::testing::until_true;

/// Addresses of both families come sorted by their texts, IPv6 in brackets, each with the port.
#[tokio::test]
async fn both_families_come_sorted_and_with_the_port() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.9", "::1", "127.0.0.10", "2001:db8::2"]);
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.10:4317", "127.0.0.9:4317", "[2001:db8::2]:4317", "[::1]:4317"]).await;
}

/// Without a port the texts have none, so that the ring is the Collector's.
#[tokio::test]
async fn without_a_port_the_texts_have_none() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "::1"]);
    let mut watched = watch(DnsSettings { port: None, ..settings(server.address) });
    watched.until(&["127.0.0.1", "[::1]"]).await;
}

/// Backends come and go with the answers, whatever time to live these have; each change counts once.
#[tokio::test]
async fn changes_are_seen_at_the_next_look_up() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1"]);
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.1:4317"]).await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317", "127.0.0.3:4317"]).await;
    server.set("tier2.test", &["127.0.0.3"]);
    watched.until(&["127.0.0.3:4317"]).await;
    server.set("tier2.test", &["::1"]);
    watched.until(&["[::1]:4317"]).await;
    assert!(watched.metric(r#"otelcol_loadbalancer_num_backend_updates_total{resolver="dns"}"#) >= 4);
    assert_eq!(watched.metric(r#"otelcol_loadbalancer_num_backends{resolver="dns"}"#), 1);
    assert_eq!(watched.failures(), 0);
}

/// The same answer again, in another order, is no change.
#[tokio::test]
async fn the_order_of_an_answer_is_no_change() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    server.set("tier2.test", &["127.0.0.2", "127.0.0.1", "127.0.0.2"]);
    let asked = watched.successes();
    until_true(|| watched.successes() > asked + 2).await;
    assert_eq!(watched.metric(r#"otelcol_loadbalancer_num_backend_updates_total{resolver="dns"}"#), 1);
}

/// A hundred and twenty addresses do not fit a datagram: they are asked for by TCP, and a short answer comes by UDP again.
#[tokio::test]
async fn an_answer_too_long_for_a_datagram_comes_by_tcp() {
    let server = NameServer::start().await;
    let many: Vec<String> = (1..=120).map(|last| format!("127.0.1.{last}")).collect();
    server.set("tier2.test", &many.iter().map(String::as_str).collect::<Vec<_>>());
    let mut watched = watch(settings(server.address));
    let mut expected: Vec<String> = many.iter().map(|address| format!("{address}:4317")).collect();
    expected.sort();
    watched.until(&expected.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(server.streams() > 0);

    server.set("tier2.test", &["127.0.0.1"]);
    watched.until(&["127.0.0.1:4317"]).await;
    let (datagrams, streams) = (server.datagrams(), server.streams());
    until_true(|| server.datagrams() > datagrams + 4).await;
    assert_eq!(server.streams(), streams);
}

/// The addresses behind an alias are the name's; the alias itself is none of them.
#[tokio::test]
async fn an_alias_is_followed() {
    let server = NameServer::start().await;
    let addresses = vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
    server.reply_all("tier2.test", &Reply::Alias("real.test.", addresses));
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.1:4317", "[::1]:4317"]).await;
}

/// An address in place of a name is its own answer.
#[tokio::test]
async fn an_address_is_its_own_answer() {
    let server = NameServer::start().await;
    for (hostname, text) in [("127.0.0.1", "127.0.0.1:4317"), ("::1", "[::1]:4317")] {
        let settings = DnsSettings { hostname: hostname.to_owned(), ..settings(server.address) };
        watch(settings).until(&[text]).await;
    }
    assert_eq!(server.datagrams(), 0);
}
