use std::time::Duration;

use http::HeaderMap;
use sluice_tls::{Alpn, ClientTls};

use super::{GRPC_TIMEOUT, set_timeout, template};
use crate::{ClientSettings, Compression};

fn plain() -> ClientSettings {
    ClientSettings::new(ClientTls::insecure(&[Alpn::H2]))
}

fn with_header(name: &str, value: &str) -> ClientSettings {
    ClientSettings { headers: vec![(name.to_owned(), value.to_owned())], ..plain() }
}

/// A token for the backend is sent under its name, whatever its case, and is kept out of debug output.
#[test]
fn an_authorization_header_is_sent() {
    let headers = template(&with_header("Authorization", "Bearer abc")).unwrap();
    assert_eq!(headers["authorization"], "Bearer abc");
    assert!(!format!("{headers:?}").contains("abc"));
}

/// The name of the compression goes with every request; none means none.
#[test]
fn the_compression_is_announced() {
    let announced = |compression| {
        let headers = template(&ClientSettings { compression, ..plain() }).unwrap();
        headers.get("grpc-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(announced(Compression::Gzip).as_deref(), Some("gzip"));
    assert_eq!(announced(Compression::Zstd).as_deref(), Some("zstd"));
    assert_eq!(announced(Compression::Snappy).as_deref(), Some("snappy"));
    assert_eq!(announced(Compression::None), None);
}

/// What HTTP/2 or gRPC would choke on is refused at the start, by name.
#[test]
fn a_header_that_cannot_be_sent_is_refused() {
    for (name, value) in [
        ("bad name", "x"),
        ("x", "line\nbreak"),
        ("x", "gr\u{fc}n"),
        ("grpc-timeout", "1S"),
        ("Content-Type", "text/plain"),
        ("token-bin", "abc"),
    ] {
        let error = template(&with_header(name, value)).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

/// gRPC's timeout has at most eight digits, and is never zero.
#[test]
fn the_timeout_fits_its_header() {
    let text = |timeout| {
        let mut headers = HeaderMap::new();
        set_timeout(&mut headers, timeout);
        headers.get(GRPC_TIMEOUT).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(text(Duration::ZERO), None);
    assert_eq!(text(Duration::from_micros(10)).as_deref(), Some("1m"));
    assert_eq!(text(Duration::from_secs(5)).as_deref(), Some("5000m"));
    assert_eq!(text(Duration::from_secs(1_000_000)).as_deref(), Some("1000000S"));
    assert_eq!(text(Duration::MAX).as_deref(), Some("99999999S"));
}
