use std::time::Duration;

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::RecordType;

use super::server::{NameServer, Reply};
use super::{settings, watch};
use crate::dns::DnsSettings;

/// Whatever goes wrong, the last good list stays, the failures are counted, and the next good answer is taken.
#[tokio::test]
async fn the_last_good_list_outlives_every_failure() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let quick = DnsSettings { timeout: Duration::from_millis(150), ..settings(server.address) };
    let mut watched = watch(quick);
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    let failures = [
        Reply::Code(ResponseCode::NXDomain),
        Reply::Code(ResponseCode::ServFail),
        Reply::Code(ResponseCode::Refused),
        Reply::Addresses(Vec::new()),
        Reply::Silence,
    ];
    for failure in failures {
        server.reply_all("tier2.test", &failure);
        watched.until_failed(2).await;
        assert_eq!(watched.current(), ["127.0.0.1:4317", "127.0.0.2:4317"]);
    }
    server.set("tier2.test", &["127.0.0.3"]);
    watched.until(&["127.0.0.3:4317"]).await;
}

/// When only one family's look-up fails, its addresses stay, the other's are taken, and it counts as a failure.
#[tokio::test]
async fn half_an_answer_takes_nobody_off_the_list() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "::1"]);
    let mut watched = watch(settings(server.address));
    watched.until(&["127.0.0.1:4317", "[::1]:4317"]).await;
    server.reply("tier2.test", RecordType::A, Reply::Code(ResponseCode::ServFail));
    let moved = vec!["::2".parse().unwrap()];
    server.reply("tier2.test", RecordType::AAAA, Reply::Addresses(moved));
    watched.until(&["127.0.0.1:4317", "[::2]:4317"]).await;
    watched.until_failed(1).await;
}

/// A name that does not exist yet is no reason not to start: its list comes when it does.
#[tokio::test]
async fn the_first_look_up_may_fail() {
    let server = NameServer::start().await;
    let mut watched = watch(settings(server.address));
    watched.until_failed(2).await;
    assert!(watched.endpoints.borrow().is_none());
    server.set("tier2.test", &["127.0.0.1"]);
    watched.until(&["127.0.0.1:4317"]).await;
}

/// A name server that is not there fails the look-up; the next of the list is asked.
#[tokio::test]
async fn another_name_server_is_asked_when_one_is_not_there() {
    let gone = NameServer::start().await.address;
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1"]);
    let nameservers = vec![gone, server.address];
    let mut watched = watch(DnsSettings { nameservers, ..settings(gone) });
    watched.until(&["127.0.0.1:4317"]).await;
}
