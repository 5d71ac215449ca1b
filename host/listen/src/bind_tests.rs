use super::bind;
use crate::{BindErrorKind, Listener};

/// A taken address is told apart, and the message names the endpoint and what to do.
#[test]
fn a_taken_address_says_so() {
    let first = Listener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = first.local_addr().to_string();
    let error = Listener::bind(&endpoint).expect_err("taken");
    assert!(error.is_in_use());
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("cannot listen at {endpoint}: the address is already in use")),
        "{text}"
    );
}

/// An address of another machine is not mistaken for a taken one.
#[test]
fn a_foreign_address_is_not_local() {
    // 192.0.2.0/24 is reserved for documentation; no machine has it.
    assert!(matches!(bind("192.0.2.1:0"), Err(BindErrorKind::NotLocal)));
}

/// An endpoint without a host is reached over IPv4.
#[test]
fn every_interface_takes_ipv4() {
    let listener = bind(":0").expect("all interfaces");
    let port = listener.local_addr().expect("bound").port();
    std::net::TcpStream::connect(("127.0.0.1", port)).expect("reached over IPv4");
}
