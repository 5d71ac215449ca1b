use std::net::IpAddr;

use hickory_resolver::proto::rr::Name;

use super::super::memory::{Answer, Family};
use super::super::services::Target;
use super::{ServiceMemory, ServiceVerdict};

fn target(name: &str, ports: &[u16], addresses: &[&str]) -> Target {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let name = Name::from_ascii(name).unwrap();
    Target { name, ports: ports.to_vec(), answer: Answer::of(addresses) }
}

fn failed(name: &str) -> Target {
    let family = || Family::Failed("SERVFAIL".to_owned());
    let answer = Answer { ipv4: family(), ipv6: family() };
    Target { answer, ..target(name, &[1], &[]) }
}

fn services(list: &[(&str, u16)]) -> Option<Vec<(IpAddr, u16)>> {
    Some(list.iter().map(|(address, port)| (address.parse().unwrap(), *port)).collect())
}

/// Names come and go; one that cannot be looked up keeps its addresses as long as it is named; no answer keeps all.
#[test]
fn a_name_that_fails_keeps_its_addresses() {
    let mut memory = ServiceMemory::default();
    let none = memory.judge(Ok(Vec::new()));
    let trouble = Some("the name has no SRV records".to_owned());
    assert_eq!(none, ServiceVerdict { services: None, trouble });

    let both = vec![target("a.", &[1, 2], &["10.0.0.1"]), target("b.", &[3], &["10.0.0.2", "::1"])];
    let expected = services(&[("10.0.0.1", 1), ("10.0.0.1", 2), ("10.0.0.2", 3), ("::1", 3)]);
    assert_eq!(memory.judge(Ok(both)), ServiceVerdict { services: expected, trouble: None });

    let half = memory.judge(Ok(vec![failed("a."), target("b.", &[3], &["10.0.0.3"])]));
    assert_eq!(half.services, services(&[("10.0.0.1", 1), ("10.0.0.3", 3)]));
    assert_eq!(half.trouble.as_deref(), Some("a.: SERVFAIL"));

    assert_eq!(memory.judge(Err("REFUSED".to_owned())).services, None);
    let gone = memory.judge(Ok(vec![failed("b.")]));
    assert_eq!(gone.services, services(&[("10.0.0.3", 1)]));
    let unknown = memory.judge(Ok(vec![failed("c.")]));
    assert_eq!((unknown.services, unknown.trouble.as_deref()), (None, Some("c.: SERVFAIL")));
}
