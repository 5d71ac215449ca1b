use std::net::IpAddr;

use sluice_resolver::{Record, Sighting};

use super::{in_short, text};

fn address(address: &str) -> Sighting {
    let address: IpAddr = address.parse().unwrap();
    let record = Record::Address { name: "ring.test.".to_owned(), address };
    Sighting { record, endpoints: vec![format!("{address}:4317")] }
}

fn service(port: u16, addresses: &[&str]) -> Sighting {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let endpoints = addresses.iter().map(|address| format!("{address}:{port}")).collect();
    let (name, target) = ("_otlp._tcp.ring.test".to_owned(), "a.ring.test.".to_owned());
    Sighting { record: Record::Service { name, target, port, addresses }, endpoints }
}

fn of_slice(slice: &str, is_ready: bool, zone: Option<&str>) -> Sighting {
    let record = Record::SliceEndpoint {
        slice: slice.to_owned(),
        addresses: vec!["10.0.0.1".to_owned()],
        is_ready,
        is_terminating: !is_ready,
        zone: zone.map(str::to_owned),
        pod: zone.map(|_| "tier2-0".to_owned()),
    };
    Sighting { record, endpoints: is_ready.then(|| "10.0.0.1:4317".to_owned()).into_iter().collect() }
}

/// Each record is a line that says what becomes of it.
#[test]
fn a_record_is_a_line() {
    assert_eq!(text(&address("::1")), "ring.test. AAAA ::1 -> ::1:4317");
    assert_eq!(
        text(&service(4318, &["10.0.0.1", "10.0.0.2"])),
        "_otlp._tcp.ring.test SRV a.ring.test. port 4318 (10.0.0.1, 10.0.0.2) -> 10.0.0.1:4318, 10.0.0.2:4318"
    );
    assert_eq!(
        text(&of_slice("tier2-x", true, Some("a"))),
        "tier2-x: 10.0.0.1 ready, zone a, pod tier2-0 -> 10.0.0.1:4317"
    );
    assert_eq!(
        text(&of_slice("tier2-x", false, None)),
        "tier2-x: 10.0.0.1 not ready, terminating -> left out"
    );
}

/// What comes from the cluster cannot speak to the terminal.
#[test]
fn control_characters_are_not_printed() {
    let line = text(&of_slice("tier2-x", true, Some("a\u{1b}[2J\nb")));
    assert_eq!(line, "tier2-x: 10.0.0.1 ready, zone a?[2J?b, pod tier2-0 -> 10.0.0.1:4317");
}

/// Numbers of records, ports and slices; of nothing there is nothing to say.
#[test]
fn records_are_counted_by_kind() {
    assert_eq!(in_short(&[]), None);
    let short = |seen: &[Sighting]| in_short(seen).unwrap();
    assert_eq!(short(&[address("10.0.0.1")]), "1 record: 1 A, 0 AAAA");
    assert_eq!(short(&[address("10.0.0.1"), address("::1")]), "2 records: 1 A, 1 AAAA");
    let services = [service(4318, &["10.0.0.1"]), service(4317, &["10.0.0.1"]), service(4317, &[])];
    assert_eq!(short(&services), "3 SRV records, ports 4317, 4318, 1 left out");
    let slices = [of_slice("a", true, None), of_slice("b", true, None), of_slice("b", false, None)];
    assert_eq!(short(&slices), "3 endpoints in 2 slices, 1 left out");
}
