use k8s_openapi::api::discovery::v1::EndpointSlice;
use serde_json::{Value, json};

use super::{Doubts, Reading, read};
use crate::GuardSettings;
use crate::k8s::{AddressFamily, K8sSettings, ServicePort, Terminating};

fn settings() -> K8sSettings {
    K8sSettings {
        service: "tier2".to_owned(),
        namespace: None,
        ports: Vec::new(),
        timeout: std::time::Duration::ZERO,
        return_hostnames: false,
        terminating: Terminating::Drop,
        address_family: AddressFamily::All,
        zone: None,
        guard: GuardSettings::default(),
    }
}

fn slice(address_type: &str, ports: Value, endpoints: Value) -> EndpointSlice {
    let object = json!({"metadata": {"name": "s"}, "addressType": address_type, "ports": ports, "endpoints": endpoints});
    serde_json::from_value(object).unwrap()
}

fn texts(slice: &EndpointSlice, settings: &K8sSettings) -> Vec<String> {
    read(slice, settings, "otel").endpoints
}

/// Addresses and ports are joined as Go's JoinHostPort does, each with each; without ports the address stands alone, an
/// IPv6 one without brackets, too: that is the text that Collectors hash.
#[test]
fn texts_are_those_of_the_collector() {
    let v4 = slice("IPv4", json!([{"port": 4317}]), json!([{"addresses": ["10.0.0.1"]}]));
    let v6 = slice("IPv6", json!([{"port": 4317}]), json!([{"addresses": ["2001:db8::1"]}]));
    let named = slice("FQDN", json!([]), json!([{"addresses": ["c1.otel.test"]}]));
    assert_eq!(texts(&v4, &settings()), ["10.0.0.1"]);
    assert_eq!(texts(&v6, &settings()), ["2001:db8::1"]);
    assert_eq!(texts(&named, &settings()), ["c1.otel.test"]);
    let two =
        K8sSettings { ports: vec![ServicePort::Number(4317), ServicePort::Number(55690)], ..settings() };
    assert_eq!(texts(&v4, &two), ["10.0.0.1:4317", "10.0.0.1:55690"]);
    assert_eq!(texts(&v6, &two), ["[2001:db8::1]:4317", "[2001:db8::1]:55690"]);
    assert_eq!(texts(&named, &two), ["c1.otel.test:4317", "c1.otel.test:55690"]);
}

/// Without `ports`, the slice's only port is taken where it is not the usual one; of several nobody can tell, so 4317 is
/// dialled, and that is told of.
#[test]
fn a_slice_with_one_port_needs_no_other() {
    let one = json!([{"addresses": ["10.0.0.1"]}]);
    let read = |ports| read(&slice("IPv4", ports, one.clone()), &settings(), "otel");
    assert_eq!(read(json!([{"port": 14317}])).endpoints, ["10.0.0.1:14317"]);
    assert_eq!(read(json!([{"port": 14317}, {"port": 53, "protocol": "UDP"}])).endpoints, ["10.0.0.1:14317"]);
    let usual = read(json!([{"port": 8888}, {"port": 4317}]));
    assert_eq!((usual.endpoints, usual.doubts), (vec!["10.0.0.1".to_owned()], Doubts::default()));
    let unclear = read(json!([{"port": 8888}, {"port": 9999}]));
    assert_eq!((unclear.endpoints, unclear.doubts.unclear_port), (vec!["10.0.0.1".to_owned()], 1));
    assert_eq!(read(json!([{"port": 0}, {"port": -1}, {"port": 70000}, {}])).endpoints, ["10.0.0.1"]);
}

/// A named port is what each slice says, and one that has none of the name adds nothing, and is told of.
#[test]
fn a_named_port_is_what_the_slice_says() {
    let settings = K8sSettings { ports: vec![ServicePort::Name("otlp".to_owned())], ..settings() };
    let endpoints = json!([{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"]}]);
    let with = slice(
        "IPv4",
        json!([{"name": "metrics", "port": 8888}, {"name": "otlp", "port": 14317}]),
        endpoints.clone(),
    );
    assert_eq!(texts(&with, &settings), ["10.0.0.1:14317", "10.0.0.2:14317"]);
    let without = slice("IPv4", json!([{"name": "metrics", "port": 8888}]), endpoints);
    let reading = read(&without, &settings, "otel");
    assert_eq!((reading.endpoints.len(), reading.doubts.without_port), (0, 2));
}

/// Only what says that it is not ready is left out; a pod on its way out stays only where that is asked for and it serves.
#[test]
fn conditions_are_honoured() {
    let conditions = [
        (json!(null), true, true),
        (json!({}), true, true),
        (json!({"ready": true}), true, true),
        (json!({"ready": false}), false, false),
        (json!({"ready": false, "serving": true}), false, false),
        (json!({"ready": false, "serving": true, "terminating": true}), false, true),
        (json!({"ready": false, "serving": false, "terminating": true}), false, false),
        (json!({"ready": false, "terminating": true}), false, false),
        // publishNotReadyAddresses: the Service asks for it until the end.
        (json!({"ready": true, "serving": true, "terminating": true}), true, true),
    ];
    for (conditions, dropped, kept) in conditions {
        let slice = slice("IPv4", json!([]), json!([{"addresses": ["10.0.0.1"], "conditions": conditions}]));
        for (terminating, is_used) in [(Terminating::Drop, dropped), (Terminating::KeepWhileServing, kept)] {
            let settings = K8sSettings { terminating, ..settings() };
            assert_eq!(!texts(&slice, &settings).is_empty(), is_used, "{terminating:?}: {conditions}");
        }
    }
}

/// Of a dual-stack Service, the slices of the chosen family count.
#[test]
fn the_family_is_chosen() {
    let v4 = slice("IPv4", json!([]), json!([{"addresses": ["10.0.0.1"]}]));
    let v6 = slice("IPv6", json!([]), json!([{"addresses": ["2001:db8::1"]}]));
    for (address_family, of_v4, of_v6) in
        [(AddressFamily::All, 1, 1), (AddressFamily::Ipv4, 1, 0), (AddressFamily::Ipv6, 0, 1)]
    {
        let settings = K8sSettings { address_family, ..settings() };
        assert_eq!((texts(&v4, &settings).len(), texts(&v6, &settings).len()), (of_v4, of_v6));
    }
}

/// With a zone, the endpoints in it are backends; those of others are not, and of those in none it is told.
#[test]
fn the_zone_is_chosen() {
    let endpoints = json!([
        {"addresses": ["10.0.0.1"], "zone": "eu-1a"},
        {"addresses": ["10.0.0.2"], "zone": "eu-1b"},
        {"addresses": ["10.0.0.3"]},
        {"addresses": ["10.0.0.4"], "conditions": {"ready": false}},
    ]);
    let slice = slice("IPv4", json!([]), endpoints);
    assert_eq!(texts(&slice, &settings()), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    let settings = K8sSettings { zone: Some("eu-1a".to_owned()), ..settings() };
    let reading = read(&slice, &settings, "otel");
    assert_eq!((reading.endpoints, reading.doubts.without_zone), (vec!["10.0.0.1".to_owned()], 1));
}

/// With `return_hostnames` a backend is its pod's name in DNS; a pod without one is left out, and told of, the others stay.
#[test]
fn hostnames_are_names_of_pods() {
    let endpoints = json!([
        {"addresses": ["10.0.0.1"], "hostname": "tier2-0"},
        {"addresses": ["10.0.0.2"]},
        {"addresses": ["10.0.0.3"], "hostname": "not a name"},
        {"addresses": ["10.0.0.4"], "hostname": "tier2-1"},
    ]);
    let settings =
        K8sSettings { return_hostnames: true, ports: vec![ServicePort::Number(4317)], ..settings() };
    let reading = read(&slice("IPv4", json!([]), endpoints), &settings, "otel");
    assert_eq!(reading.endpoints, ["tier2-0.tier2.otel:4317", "tier2-1.tier2.otel:4317"]);
    assert_eq!(reading.doubts.without_hostname, 2);
}

/// What is no address of the slice's type never gets near the ring.
#[test]
fn what_is_no_address_is_left_out() {
    let cases = [
        ("IPv4", json!(["10.0.0.256", "", "2001:db8::1", "a.b", "10.0.0.1:4317", "10.0.0.1"]), 5, 1),
        ("IPv6", json!(["10.0.0.1", "[::1]", "fe80::1%eth0", "2001:db8::1"]), 3, 1),
        ("FQDN", json!(["a b", "a\nb", "a..b", "c1.otel.test"]), 3, 1),
        ("other", json!(["10.0.0.1"]), 1, 0),
    ];
    for (address_type, addresses, bad, good) in cases {
        let slice = slice(address_type, json!([]), json!([{"addresses": addresses}]));
        let Reading { endpoints, doubts } = read(&slice, &settings(), "otel");
        assert_eq!((doubts.bad_address, endpoints.len()), (bad, good), "{address_type}");
    }
}
