//! What cannot be used, and what goes wrong.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use sluice_tests::certificates::{Authority, write};
use sluice_tls::{
    Alpn, ClientTls, ClientTlsSettings, HandshakeFailure, HandshakeLimits, Identity, Pem, ServerTls,
    ServerTlsSettings,
};
use tempfile::tempdir;
use tokio::io::{AsyncWriteExt, duplex};

use crate::support::{agree, client, server, text, trusting};

fn error_of(identity: Identity) -> String {
    let server = ServerTls::new(
        "server",
        ServerTlsSettings::new(identity.clone()),
        &[Alpn::H2],
        HandshakeLimits::default(),
    );
    let settings = ClientTlsSettings { identity: Some(identity), ..trusting(&Authority::new("a")) };
    let client = ClientTls::new("client", settings, &[Alpn::H2]);
    let error = server.unwrap_err().to_string();
    assert_eq!(client.unwrap_err().to_string(), error, "both sides say the same");
    error
}

/// What is wrong with a certificate or key is said with the key of the configuration and the file, and never with
/// what is in it.
#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let folder = tempdir().unwrap();
    let authority = Authority::new("authority");
    let (certified, other) = (authority.sign("server.test"), authority.sign("server.test"));
    let good = text(&certified);
    let secret = certified.key.lines().nth(1).unwrap();
    let encrypted = certified.key.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE");
    let path = write(folder.path(), "key.pem", &other.key);
    let pem = |text: &str| Pem::Text(text.to_owned());
    for (identity, words) in [
        (
            Identity { certificate: Pem::File(PathBuf::from("/nonexistent/tls.crt")), ..good.clone() },
            "cannot read /nonexistent/tls.crt: No such file or directory",
        ),
        (Identity { certificate: Pem::File(folder.path().to_owned()), ..good.clone() }, "no regular file"),
        (Identity { certificate: Pem::File("/dev/zero".into()), ..good.clone() }, "no regular file"),
        (Identity { certificate: pem("nothing"), ..good.clone() }, "cert_pem has no PEM certificate"),
        (Identity { certificate: pem(&certified.key), ..good.clone() }, "cert_pem has no PEM certificate"),
        (Identity { key: pem(&certified.certificate), ..good.clone() }, "key_pem has no PEM private key"),
        (Identity { key: pem(&encrypted), ..good.clone() }, "the key is encrypted"),
        (
            Identity { key: pem(&certified.key.replace("-----END", "----END")), ..good.clone() },
            "key_pem cannot be used: a PEM section has no END line",
        ),
        (Identity { key: pem(&certified.key.replace('M', "%")), ..good.clone() }, "is not base64"),
        (Identity { key: Pem::File(path), ..good.clone() }, "does not fit the certificate in cert_pem"),
    ] {
        let error = error_of(identity.clone());
        assert!(error.contains(words), "{error}");
        let printed = format!("{error} {identity:?}");
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// A file that is far too large is not read into memory.
#[tokio::test]
async fn large_files_are_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("large.pem");
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let certified = Authority::new("authority").sign("server.test");
    let error = error_of(Identity { certificate: Pem::File(path), ..text(&certified) });
    assert!(error.contains("it has more than 4 MiB"), "{error}");
}

/// Authorities and names that are none are refused at the start.
#[tokio::test]
async fn authorities_and_names_are_checked() {
    let certified = Authority::new("authority").sign("server.test");
    let folder = tempdir().unwrap();
    let empty = write(folder.path(), "empty.pem", "");
    let named = format!("client_ca_file {} has no PEM certificate", empty.display());
    let settings =
        ServerTlsSettings { client_ca_file: Some(empty), ..ServerTlsSettings::new(text(&certified)) };
    let error =
        ServerTls::new("server", settings, &[Alpn::H2], HandshakeLimits::default()).unwrap_err().to_string();
    assert_eq!(error, named);

    let ca = |text: &str| ClientTlsSettings {
        authorities: Some(Pem::Text(text.to_owned())),
        ..ClientTlsSettings::default()
    };
    let name = ClientTlsSettings { server_name_override: Some("not a name".to_owned()), ..ca("") };
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    for (settings, words) in [
        (ca("not PEM"), "ca_pem has no PEM certificate"),
        (ca(broken), "ca_pem cannot be used: no certificate in it"),
        (name, "\"not a name\" is neither"),
    ] {
        let error = ClientTls::new("client", settings, &[Alpn::H2]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// Of an authority's file, what cannot be read keeps nobody from trusting the rest.
#[tokio::test]
async fn one_broken_authority_is_passed_over() {
    let authority = Authority::new("authority");
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let authorities = Some(Pem::Text(format!("{broken}{}", authority.pem())));
    let client = client(ClientTlsSettings { authorities, ..ClientTlsSettings::default() });
    let server = server(ServerTlsSettings::new(text(&authority.sign("server.test"))));
    agree(&server, &client, "server.test").await;
}

/// Clients that are none are told apart.
#[tokio::test]
async fn clients_that_are_none_are_told_apart() {
    let server = server(ServerTlsSettings::new(text(&Authority::new("authority").sign("server.test"))));
    for (said, failure) in [
        (&b"PRI * HTTP/2.0\r\n\r\n"[..], HandshakeFailure::Plaintext),
        (&b""[..], HandshakeFailure::Closed),
        (&[0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0, 0, 1, 0][..], HandshakeFailure::Other),
        (&[0x16, 0x03, 0x01, 0x00, 0x05, 0x01][..], HandshakeFailure::Closed),
    ] {
        let (mut near, far) = duplex(1024);
        near.write_all(said).await.unwrap();
        near.shutdown().await.unwrap();
        assert_eq!(server.accept(far).await.unwrap_err().failure, failure, "{said:?}");
    }
}

/// A client that says nothing is let go after a while.
#[tokio::test]
async fn a_silent_client_is_let_go() {
    let settings = ServerTlsSettings::new(text(&Authority::new("authority").sign("server.test")));
    let limits = HandshakeLimits { timeout: Duration::from_millis(20), ..HandshakeLimits::default() };
    let server = ServerTls::new("server", settings, &[Alpn::H2], limits).unwrap();
    let (_near, far) = duplex(1024);
    let error = server.accept(far).await.unwrap_err();
    assert_eq!(error.failure, HandshakeFailure::Slow);
    assert!(error.to_string().contains("20ms"), "{error}");
}

/// However many clients drag their handshake on, one that does not gets in; the one that drags it on longest goes.
#[tokio::test]
async fn slow_handshakes_keep_nobody_out() {
    let authority = Authority::new("authority");
    let settings = ServerTlsSettings::new(text(&authority.sign("server.test")));
    let limits = HandshakeLimits { max_concurrent: 3, timeout: Duration::from_secs(3_600) };
    let server = ServerTls::new("server", settings, &[Alpn::H2], limits).unwrap();
    let client = client(trusting(&authority));
    let mut held = Vec::new();
    let mut dragging = Vec::new();
    for _ in 0..3 {
        let (near, far) = duplex(1024);
        held.push(near);
        let server = server.clone();
        dragging.push(tokio::spawn(async move { server.accept(far).await.map(|_| ()) }));
        // Each has begun before the next one does.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    agree(&server, &client, "server.test").await;
    let first = dragging.remove(0).await.unwrap().unwrap_err();
    assert_eq!(first.failure, HandshakeFailure::Slow);
    assert!(dragging.iter().all(|other| !other.is_finished()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands where PEM should, it is an error and no panic.
    #[test]
    fn any_text_is_answered(text in "(-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY|x)-----|[A-Za-z0-9+/=]{0,40}|\n| |.){0,12}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _guard = runtime.enter();
        let identity = Identity { certificate: Pem::Text(text.clone()), key: Pem::Text(text) };
        prop_assert!(ServerTls::new("server", ServerTlsSettings::new(identity), &[Alpn::H2], HandshakeLimits::default()).is_err());
    }
}
