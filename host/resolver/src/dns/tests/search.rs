use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::proto::rr::Name;
use tokio::time::Instant;

use super::server::{NameServer, Reply};
use crate::dns::directory::Directory;
use crate::dns::memory::{Answer, Family};
use crate::dns::question::{Told, What, look_up};
use crate::testing::PATIENCE;

/// As a pod's `/etc/resolv.conf` says it, with our name server.
fn pod(server: &NameServer) -> Directory {
    let search = ["observability.svc.cluster.local", "svc.cluster.local", "cluster.local"];
    Directory {
        search: search.map(|domain| Name::from_str_relaxed(domain).unwrap()).into(),
        ndots: 5,
        ..Directory::of_name_servers(&[server.address])
    }
}

async fn ask(directory: &Directory, name: &str) -> Answer {
    let name = Name::from_str_relaxed(name).unwrap();
    answer(look_up(directory, &name, PATIENCE, Instant::now() + PATIENCE).await)
}

fn answer(told: Told) -> Answer {
    match told.what {
        What::Addresses(answer) => answer,
        What::Services(services) => panic!("{services:?}"),
    }
}

fn only_ipv4(address: &str) -> Answer {
    Answer { ipv4: Family::Addresses(vec![address.parse::<IpAddr>().unwrap()]), ipv6: Family::Nothing }
}

/// `service` and `service.namespace` are found by a pod's search domains; the first that exists is taken.
#[tokio::test]
async fn short_names_are_found_by_the_search_domains() {
    let server = NameServer::start().await;
    server.set("tier2.observability.svc.cluster.local", &["10.0.0.1"]);
    server.set("tier2.other.svc.cluster.local", &["10.0.0.2"]);
    let pod = pod(&server);
    assert_eq!(ask(&pod, "tier2").await, only_ipv4("10.0.0.1"));
    assert_eq!(ask(&pod, "tier2.other").await, only_ipv4("10.0.0.2"));
    assert_eq!(ask(&pod, "tier2.other.svc.cluster.local").await, only_ipv4("10.0.0.2"));
    assert_eq!(ask(&pod, "nobody").await, Answer { ipv4: Family::Nothing, ipv6: Family::Nothing });
}

/// A name with a trailing dot is asked for once, as it is.
#[tokio::test]
async fn an_absolute_name_is_asked_for_directly() {
    let server = NameServer::start().await;
    server.set("tier2.other.svc.cluster.local", &["10.0.0.2"]);
    let asked = server.datagrams();
    assert_eq!(ask(&pod(&server), "tier2.other.svc.cluster.local.").await, only_ipv4("10.0.0.2"));
    assert_eq!(server.datagrams() - asked, 2, "one question for each family");
}

/// What the hosts file says comes first, as in Go; the name servers are not asked.
#[tokio::test]
async fn the_hosts_file_comes_first() {
    let server = NameServer::start().await;
    let mut directory = pod(&server);
    directory.hosts.read_hosts_conf(&b"10.9.9.9 tier2 # by hostAliases\n"[..]).unwrap();
    assert_eq!(ask(&directory, "tier2").await, only_ipv4("10.9.9.9"));
    assert_eq!(server.datagrams(), 0);
}

/// All search domains together take no longer than the timeout.
#[tokio::test]
async fn the_timeout_is_for_all_names_together() {
    let server = NameServer::start().await;
    for name in ["tier2.observability.svc.cluster.local", "tier2.svc.cluster.local", "tier2.cluster.local"] {
        server.reply_all(name, &Reply::Silence);
    }
    let name = Name::from_str_relaxed("tier2").unwrap();
    let deadline = Instant::now() + Duration::from_millis(100);
    let answer = answer(look_up(&pod(&server), &name, PATIENCE, deadline).await);
    assert!(matches!(answer.ipv4, Family::Failed(reason) if reason.ends_with("no answer in time")));
}
