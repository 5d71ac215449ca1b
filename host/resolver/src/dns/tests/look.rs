use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::RecordType;

use super::server::{NameServer, Reply};
use super::settings;
use crate::dns::DnsSettings;
use crate::{Record, ResolverError, Sighting};

/// A look gives each address its record, and the text that the resolver gives it.
#[tokio::test]
async fn a_look_is_at_every_address() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "::1"]);
    let seen = settings(server.address).look().await.unwrap();
    let sighting = |address: &str, endpoint: &str| Sighting {
        record: Record::Address { name: "tier2.test.".to_owned(), address: address.parse().unwrap() },
        endpoints: vec![endpoint.to_owned()],
    };
    assert_eq!(seen, [sighting("127.0.0.1", "127.0.0.1:4317"), sighting("::1", "[::1]:4317")]);
}

/// A look at services tells the ports, and keeps a name that has no address.
#[tokio::test]
async fn a_look_is_at_every_service() {
    let server = NameServer::start().await;
    server.set("a.test", &["127.0.0.1", "127.0.0.2"]);
    let name = "_otlp._tcp.tier2.test";
    let services = vec![(1, 4318, "a.test."), (1, 4319, "gone.test.")];
    server.reply(name, RecordType::SRV, Reply::Services(services, Vec::new()));
    let settings = DnsSettings { hostname: name.to_owned(), srv: true, ..settings(server.address) };
    let mut seen = settings.look().await.unwrap();
    seen.sort_by_key(|seen| seen.endpoints.len());
    let endpoints: Vec<_> = seen.iter().map(|seen| seen.endpoints.join(" ")).collect();
    assert_eq!(endpoints, ["", "127.0.0.1:4318 127.0.0.2:4318"]);
    let Record::Service { target, port, .. } = &seen[0].record else { panic!("{seen:?}") };
    assert_eq!((target.as_str(), *port), ("gone.test.", 4319));
}

/// A look without an answer says why.
#[tokio::test]
async fn a_look_may_fail() {
    let server = NameServer::start().await;
    server.reply("tier2.test", RecordType::A, Reply::Code(ResponseCode::ServFail));
    let failed = settings(server.address).look().await;
    assert!(matches!(failed, Err(ResolverError::Unresolved { .. })), "{failed:?}");
}
