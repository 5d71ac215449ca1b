use super::{Listen, check_host, parse_port, split_address};

/// Every form of an address comes apart, and is written as it was.
#[test]
fn addresses_come_apart() {
    for (text, host, port) in [
        ("localhost:4317", "localhost", 4317),
        ("0.0.0.0:0", "0.0.0.0", 0),
        (":4317", "", 4317),
        ("[::1]:4317", "::1", 4317),
        ("[::]:1", "::", 1),
    ] {
        let listen = Listen::parse(text).expect(text);
        assert_eq!((listen.host.as_str(), listen.port, listen.configured), (host, port, true));
        assert_eq!(listen.to_string(), text);
    }
}

/// An address without a port is one to dial, not one to listen on.
#[test]
fn a_port_may_be_missing_where_one_dials() {
    assert_eq!(split_address("backend"), Ok(("backend", None)));
    assert_eq!(split_address("::1"), Ok(("::1", None)));
    assert_eq!(split_address("[::1]"), Ok(("::1", None)));
    assert!(Listen::parse("backend").is_err() && Listen::parse("[::1]").is_err());
}

/// What is no address says why.
#[test]
fn what_is_no_address_says_why() {
    for (text, reason) in [
        ("a:b:c", "brackets"),
        ("[::1", "without"),
        ("[::1]x", "`x`"),
        ("[localhost]:1", "no IPv6 address"),
        ("a:", "no port"),
        ("a:65536", "no port"),
        ("a:-1", "no port"),
        ("a:+1", "no port"),
    ] {
        let message = split_address(text).expect_err(text);
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(parse_port("65535"), Ok(65_535));
}

/// What nobody outside reaches is told from what somebody may.
#[test]
fn loopback_addresses_are_known() {
    for (text, is_loopback) in [
        ("localhost:1", true),
        ("127.0.0.1:1", true),
        ("127.1.2.3:1", true),
        ("[::1]:1", true),
        (":1", false),
        ("0.0.0.0:1", false),
        ("[::]:1", false),
        ("10.0.0.1:1", false),
        ("gateway:1", false),
    ] {
        assert_eq!(Listen::parse(text).expect(text).is_loopback(), is_loopback, "{text}");
    }
}

/// Two servers collide on one port of one address, and of every address; never where the system chooses.
#[test]
fn colliding_addresses_are_known() {
    for (one, other, collide) in [
        ("localhost:1", "127.0.0.1:1", true),
        (":1", "10.0.0.1:1", true),
        ("[::]:1", "localhost:1", true),
        ("localhost:1", "localhost:2", false),
        ("127.0.0.1:1", "127.0.0.2:1", false),
        (":0", ":0", false),
    ] {
        let (one, other) = (Listen::parse(one).expect(one), Listen::parse(other).expect(other));
        assert_eq!(
            (one.collides_with(&other), other.collides_with(&one)),
            (collide, collide),
            "{one} {other}"
        );
    }
}

/// What no system can look up is no host.
#[test]
fn names_of_hosts_are_told_from_other_words() {
    let long = "a".repeat(64);
    for host in ["", "localhost", "10.0.0.1", "a-b.c_d.example", "tier2.svc.cluster.local.", &long[1..]] {
        assert_eq!(check_host(host), Ok(()), "{host}");
    }
    for host in
        ["a b", " a", "a/b", "user@a", "a%41", "\u{e9}", ".", "a..b", ".a", "a,b", &long, &"a.".repeat(128)]
    {
        assert!(check_host(host).is_err_and(|message| message.contains("is no name of a host")), "{host}");
    }
    assert!(Listen::parse("a b:4317").is_err());
    assert!(split_address("a/b:1").is_err());
}
