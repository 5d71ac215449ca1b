use super::resolve;
use crate::BindErrorKind;

fn texts(endpoint: &str) -> Vec<String> {
    resolve(endpoint).expect("a good endpoint").iter().map(ToString::to_string).collect()
}

/// A literal address is taken as it is written, IPv6 in brackets.
#[test]
fn literal_addresses_are_kept() {
    assert_eq!(texts("127.0.0.1:4317"), ["127.0.0.1:4317"]);
    assert_eq!(texts("[::1]:4317"), ["[::1]:4317"]);
    assert_eq!(texts("0.0.0.0:0"), ["0.0.0.0:0"]);
}

/// An empty host is every interface: IPv6 with IPv4 in it, else IPv4 alone.
#[test]
fn an_empty_host_means_every_interface() {
    assert_eq!(texts(":4317"), ["[::]:4317", "0.0.0.0:4317"]);
}

/// A name yields one address, IPv4 before IPv6.
#[test]
fn a_name_is_listened_on_once() {
    assert_eq!(texts("localhost:4317"), ["127.0.0.1:4317"]);
}

/// What is no `host:port` is told apart from a host that nobody knows.
#[test]
fn what_is_no_endpoint_is_refused() {
    for text in
        ["", "4317", "localhost", "localhost:", "localhost:http", "::1:4317", "[::1:4317", "[x]:1", "a:70000"]
    {
        assert!(matches!(resolve(text), Err(BindErrorKind::Endpoint)), "{text}");
    }
    assert!(matches!(resolve("nowhere.invalid:1"), Err(BindErrorKind::UnknownHost)));
}
