use super::{dial_address, endpoint_text};

/// Every way to write an endpoint becomes an address with a port, and one that has a port stays as it is.
#[test]
fn what_has_no_port_is_dialled_on_4317() {
    let cases = [
        ("host", "host:4317"),
        ("host:1", "host:1"),
        ("a.b.svc.cluster.local.", "a.b.svc.cluster.local.:4317"),
        ("10.0.0.1", "10.0.0.1:4317"),
        ("10.0.0.1:4317", "10.0.0.1:4317"),
        ("::1", "[::1]:4317"),
        ("2001:db8::1", "[2001:db8::1]:4317"),
        ("fe80::1%eth0", "[fe80::1%eth0]:4317"),
        ("[::1]", "[::1]:4317"),
        ("[::1]:55680", "[::1]:55680"),
    ];
    for (text, address) in cases {
        assert_eq!(dial_address(text), address);
    }
}

/// Addresses are written as the Collector writes them, so that both make the same ring.
#[test]
fn addresses_are_written_as_the_collector_does() {
    let cases = [
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", Some(4317), "10.0.0.1:4317"),
        ("2001:db8::1", None, "[2001:db8::1]"),
        ("2001:db8::1", Some(4317), "[2001:db8::1]:4317"),
        ("::ffff:10.0.0.1", Some(4317), "10.0.0.1:4317"),
    ];
    for (address, port, text) in cases {
        assert_eq!(endpoint_text(address.parse().unwrap(), port), text);
    }
}
