//! Who is let in, and who is believed to be whom.

use std::path::Path;

use sluice_tests::certificates::{Authority, write};
use sluice_tls::{Alpn, ClientTls, ClientTlsSettings, HandshakeFailure, Identity, Pem, ServerTlsSettings};
use tempfile::tempdir;

use crate::support::{agree, client, server, shake, text, trusting};

/// A certificate, its key and an authority are taken from files as they are from the configuration.
#[tokio::test]
async fn files_and_text_are_the_same() {
    let folder = tempdir().unwrap();
    let authority = Authority::new("authority");
    let certified = authority.sign("server.test");
    let (certificate, key) = certified.write(folder.path(), "server");
    let files = Identity { certificate: Pem::File(certificate), key: Pem::File(key) };
    let ca = Pem::File(write(folder.path(), "ca.pem", &authority.pem()));
    for identity in [files, text(&certified)] {
        for authorities in [ca.clone(), Pem::Text(authority.pem())] {
            let server = server(ServerTlsSettings::new(identity.clone()));
            let client = client(ClientTlsSettings { authorities: Some(authorities), ..trusting(&authority) });
            assert_eq!(agree(&server, &client, "server.test").await.alpn.as_deref(), Some(&b"h2"[..]));
        }
    }
}

/// The server must be who it is taken for: by name, by address in either form, or by the name that overrides both.
#[tokio::test]
async fn the_server_has_the_right_name() {
    let authority = Authority::new("authority");
    let server = server(ServerTlsSettings::new(text(&authority.sign("server.test"))));
    let plain = client(trusting(&authority));
    for host in ["server.test", "127.0.0.1"] {
        agree(&server, &plain, host).await;
    }
    for host in ["other.test", "127.0.0.2", "[::1]"] {
        let (served, asked) = shake(&server, &plain, host).await;
        let error = asked.unwrap_err().to_string();
        assert!(error.contains("tls::server_name_override"), "{error}");
        assert_eq!(served.unwrap_err().failure, HandshakeFailure::RefusedByClient);
    }
    let name = Some("server.test".to_owned());
    let overriding = client(ClientTlsSettings { server_name_override: name, ..trusting(&authority) });
    agree(&server, &overriding, "other.test").await;
}

/// A server that an unknown authority has signed, or whose certificate has expired, is not talked to; the error says
/// which of the two it is. Whoever skips verification talks to both, but not to one without the key.
#[tokio::test]
async fn strangers_are_not_trusted() {
    let (authority, other) = (Authority::new("authority"), Authority::new("other"));
    let strict = client(trusting(&authority));
    let skip = ClientTlsSettings { insecure_skip_verify: true, ..ClientTlsSettings::default() };
    let credulous = client(skip);
    for (certified, words) in [
        (other.sign("server.test"), "see tls::ca_file"),
        (authority.sign_expired("server.test"), "certificate expired"),
    ] {
        let server = server(ServerTlsSettings::new(text(&certified)));
        let error = shake(&server, &strict, "server.test").await.1.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        agree(&server, &credulous, "server.test").await;
        agree(&server, &credulous, "any.test").await;
    }
}

fn asking(folder: &Path, authority: &Authority, clients: &Authority) -> ServerTlsSettings {
    let client_ca_file = Some(write(folder, "clients.pem", &clients.pem()));
    ServerTlsSettings { client_ca_file, ..ServerTlsSettings::new(text(&authority.sign("server.test"))) }
}

/// With `client_ca_file`, only clients with a certificate of that authority are let in: not without one, not with one
/// of somebody else's, and not with an expired one. Each is told.
#[tokio::test]
async fn clients_show_who_they_are() {
    let folder = tempdir().unwrap();
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    let server = server(asking(folder.path(), &authority, &clients));
    let with = |identity| client(ClientTlsSettings { identity, ..trusting(&authority) });
    agree(&server, &with(Some(text(&clients.sign("agent")))), "server.test").await;
    for identity in [None, Some(text(&authority.sign("agent"))), Some(text(&clients.sign_expired("agent")))] {
        let (served, asked) = shake(&server, &with(identity), "server.test").await;
        assert_eq!(served.unwrap_err().failure, HandshakeFailure::ClientCertificate);
        let error = asked.unwrap_err().to_string();
        assert!(error.contains("alert"), "{error}");
    }
}

/// `insecure` means no TLS; an authority, or an endpoint that begins with `https://`, overrides it.
#[tokio::test]
async fn insecure_yields() {
    let authority = Authority::new("authority");
    let insecure = ClientTlsSettings { insecure: true, ..ClientTlsSettings::default() };
    let skipping = ClientTlsSettings { insecure_skip_verify: true, ..insecure.clone() };
    let plain = client(skipping);
    assert!(plain.connector("a.test", false).unwrap().is_none());
    assert!(plain.connector("a.test", true).unwrap().is_some());
    assert!(ClientTls::insecure(&[Alpn::H2]).connector("a.test", false).unwrap().is_none());
    let authorities = Some(Pem::Text(authority.pem()));
    let trusting = client(ClientTlsSettings { authorities, ..insecure });
    assert!(trusting.connector("a.test", false).unwrap().is_some());
}

/// The system's authorities are trusted beside the given ones only where that is asked for; either way the given one is.
#[tokio::test]
async fn the_system_s_authorities_come_beside() {
    let authority = Authority::new("authority");
    let server = server(ServerTlsSettings::new(text(&authority.sign("server.test"))));
    for include_system_ca_certs_pool in [false, true] {
        let client = client(ClientTlsSettings { include_system_ca_certs_pool, ..trusting(&authority) });
        agree(&server, &client, "server.test").await;
    }
}
