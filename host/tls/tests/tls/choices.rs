//! What is spoken.

use rustls::{NamedGroup, ProtocolVersion};
use sluice_tests::certificates::Authority;
use sluice_tls::{
    Alpn, CipherSuite, ClientTls, ClientTlsSettings, Curve, HandshakeFailure, HandshakeLimits, Protocol,
    ServerTls, ServerTlsSettings, TlsError, Version,
};

use crate::support::{agree, client, server, shake, text, trusting};

fn only(version: Version) -> Protocol {
    Protocol { min_version: version, max_version: version, ..Protocol::default() }
}

/// Each side's versions are kept to: they meet at the highest that both have, or not at all.
#[tokio::test]
async fn versions_are_kept_to() {
    let authority = Authority::new("authority");
    let settings = ServerTlsSettings::new(text(&authority.sign("server.test")));
    let with = |protocol| server(ServerTlsSettings { protocol, ..settings.clone() });
    let asking = |protocol| client(ClientTlsSettings { protocol, ..trusting(&authority) });
    let (old, new) = (ProtocolVersion::TLSv1_2, ProtocolVersion::TLSv1_3);
    let any = Protocol::default;
    for (serves, asks, expected) in [
        (any(), any(), new),
        (only(Version::V1_2), any(), old),
        (any(), only(Version::V1_2), old),
        (only(Version::V1_3), any(), new),
    ] {
        assert_eq!(agree(&with(serves), &asking(asks), "server.test").await.version, expected);
    }
    let (served, asked) =
        shake(&with(only(Version::V1_3)), &asking(only(Version::V1_2)), "server.test").await;
    assert_eq!(served.unwrap_err().failure, HandshakeFailure::Other);
    let error = asked.unwrap_err().to_string();
    assert!(error.contains("tls::min_version"), "{error}");
}

/// Of TLS 1.2, the chosen suite is spoken and no other one; those of TLS 1.3 stay.
#[tokio::test]
async fn suites_are_kept_to() {
    let authority = Authority::new("authority");
    let settings = ServerTlsSettings::new(text(&authority.sign("server.test")));
    let protocol = Protocol { cipher_suites: vec![CipherSuite::EcdsaAes128], ..Protocol::default() };
    let server = server(ServerTlsSettings { protocol, ..settings });
    let asking = |protocol| client(ClientTlsSettings { protocol, ..trusting(&authority) });
    let shaken = agree(&server, &asking(only(Version::V1_2)), "server.test").await;
    assert_eq!(shaken.suite.suite(), rustls::CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    let other = Protocol { cipher_suites: vec![CipherSuite::EcdsaChaCha20], ..only(Version::V1_2) };
    assert!(shake(&server, &asking(other), "server.test").await.0.is_err());
    assert!(agree(&server, &asking(Protocol::default()), "server.test").await.suite.tls13().is_some());
}

/// The key is exchanged on the chosen curve.
#[tokio::test]
async fn curves_are_kept_to() {
    let authority = Authority::new("authority");
    let settings = ServerTlsSettings::new(text(&authority.sign("server.test")));
    for (curve, group) in [
        (Curve::X25519, NamedGroup::X25519),
        (Curve::P256, NamedGroup::secp256r1),
        (Curve::P384, NamedGroup::secp384r1),
    ] {
        let protocol = Protocol { curve_preferences: vec![curve], ..Protocol::default() };
        let server = server(ServerTlsSettings { protocol, ..settings.clone() });
        assert_eq!(agree(&server, &client(trusting(&authority)), "server.test").await.curve, group);
    }
}

/// Nothing left to speak is an error at the start, not at every connection.
#[tokio::test]
async fn nothing_left_to_speak_is_an_error() {
    let nothing = Protocol { min_version: Version::V1_3, max_version: Version::V1_2, ..Protocol::default() };
    let settings = ClientTlsSettings { protocol: nothing, ..trusting(&Authority::new("authority")) };
    let error = ClientTls::new("client", settings, &[Alpn::H2]).unwrap_err();
    assert!(matches!(error, TlsError::Protocol(_)), "{error}");
}

/// A server of HTTP/2 alone does not take a client of HTTP/1.1 alone, and a server that can do both takes either.
#[tokio::test]
async fn protocols_are_agreed_on() {
    let authority = Authority::new("authority");
    let settings = ServerTlsSettings::new(text(&authority.sign("server.test")));
    let serving =
        |alpn: &[Alpn]| ServerTls::new("server", settings.clone(), alpn, HandshakeLimits::default()).unwrap();
    let asking = |alpn: &[Alpn]| ClientTls::new("client", trusting(&authority), alpn).unwrap();
    let both = [Alpn::H2, Alpn::Http11];
    for (serves, asks, agreed) in [
        (&both[..], &both[..1], &b"h2"[..]),
        (&both[..], &both[1..], &b"http/1.1"[..]),
        (&both[..1], &both[..], &b"h2"[..]),
    ] {
        let shaken = agree(&serving(serves), &asking(asks), "server.test").await;
        assert_eq!(shaken.alpn.as_deref(), Some(agreed));
    }
    let (served, asked) = shake(&serving(&both[..1]), &asking(&both[1..]), "server.test").await;
    assert_eq!(served.unwrap_err().failure, HandshakeFailure::Other);
    assert!(asked.is_err());
    let error = shake(&serving(&[]), &asking(&both[..1]), "server.test").await.1.unwrap_err().to_string();
    assert!(error.contains("HTTP/2"), "{error}");
}
