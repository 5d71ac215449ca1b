use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::RecordType;

use super::server::{NameServer, Reply};
use super::{settings, watch};
use crate::dns::DnsSettings;
use crate::testing::Watched;
use crate::{Resolver, ResolverError, ResolverMetrics};

const NAME: &str = "_otlp._tcp.tier2.test";

fn watch_services(server: &NameServer) -> Watched {
    watch(DnsSettings { hostname: NAME.to_owned(), srv: true, ..settings(server.address) })
}

fn services(server: &NameServer, services: &[(u16, u16, &'static str)]) {
    server.reply(NAME, RecordType::SRV, Reply::Services(services.to_vec(), Vec::new()));
}

/// Each record is the addresses of its name with its own port; the configured port does not count. Names come and go.
#[tokio::test]
async fn ports_come_from_the_records() {
    let server = NameServer::start().await;
    server.set("a.test", &["127.0.0.1", "::1"]);
    server.set("b.test", &["127.0.0.2"]);
    services(&server, &[(1, 4317, "a.test."), (1, 4318, "b.test."), (1, 4319, "b.test.")]);
    let mut watched = watch_services(&server);
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4318", "127.0.0.2:4319", "[::1]:4317"]).await;
    services(&server, &[(1, 4318, "b.test.")]);
    watched.until(&["127.0.0.2:4318"]).await;
    assert_eq!(watched.failures(), 0);
}

/// Records of a less wanted priority are a reserve, and the root as a name is nobody.
#[tokio::test]
async fn only_the_most_wanted_priority_counts() {
    let server = NameServer::start().await;
    server.set("a.test", &["127.0.0.1"]);
    server.set("b.test", &["127.0.0.2"]);
    services(&server, &[(2, 4317, "a.test."), (1, 4317, "b.test."), (0, 0, ".")]);
    watch_services(&server).until(&["127.0.0.2:4317"]).await;
}

/// Addresses that come along with the answer are not asked for.
#[tokio::test]
async fn addresses_that_come_along_are_taken() {
    let server = NameServer::start().await;
    let along =
        vec![("a.test.", "127.0.0.1".parse().unwrap()), ("other.test.", "127.0.0.9".parse().unwrap())];
    server.reply(NAME, RecordType::SRV, Reply::Services(vec![(1, 4317, "a.test.")], along));
    let mut watched = watch_services(&server);
    watched.until(&["127.0.0.1:4317"]).await;
    assert_eq!(watched.failures(), 0);
}

/// A name that cannot be looked up keeps its addresses; without SRV records all stay.
#[tokio::test]
async fn what_was_known_stays() {
    let server = NameServer::start().await;
    server.set("a.test", &["127.0.0.1"]);
    server.set("b.test", &["127.0.0.2"]);
    services(&server, &[(1, 4317, "a.test."), (1, 4317, "b.test.")]);
    let mut watched = watch_services(&server);
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    server.reply_all("a.test", &Reply::Code(ResponseCode::ServFail));
    server.set("b.test", &["127.0.0.3"]);
    watched.until(&["127.0.0.1:4317", "127.0.0.3:4317"]).await;
    for reply in [Reply::Code(ResponseCode::NXDomain), Reply::Code(ResponseCode::Refused)] {
        server.reply(NAME, RecordType::SRV, reply);
        watched.until_failed(2).await;
        assert_eq!(watched.current(), ["127.0.0.1:4317", "127.0.0.3:4317"]);
    }
}

/// Forty names are looked up, though not all at a time.
#[tokio::test]
async fn many_names_are_looked_up() {
    let server = NameServer::start().await;
    let names: Vec<&'static str> =
        (1..=40).map(|n| &*Box::leak(format!("n{n}.test.").into_boxed_str())).collect();
    let mut expected = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let address = format!("127.0.0.{}", n + 1);
        server.set(name.trim_end_matches('.'), &[&address]);
        expected.push(format!("{address}:4317"));
    }
    expected.sort();
    services(&server, &names.iter().map(|name| (1, 4317, *name)).collect::<Vec<_>>());
    watch_services(&server).until(&expected.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

/// An address has no SRV records.
#[tokio::test]
async fn an_address_is_refused() {
    let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
    let settings =
        DnsSettings { hostname: "127.0.0.1".to_owned(), srv: true, ..settings(([127, 0, 0, 1], 9).into()) };
    let refused = Resolver::dns(settings, &metrics).unwrap_err();
    assert!(matches!(refused, ResolverError::Hostname { .. }), "{refused}");
}
