//! Certificates that change while the gateway runs.

use std::path::Path;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sluice_tests::certificates::{Authority, Certified, write};
use sluice_tests::wait;
use sluice_tls::{ClientTls, ClientTlsSettings, Identity, Pem, ServerTls, ServerTlsSettings};
use tempfile::tempdir;

use crate::support::{agree, client, server, shake, text, trusting};

const OFTEN: Duration = Duration::from_millis(100);

fn files(certified: &Certified, folder: &Path, name: &str) -> Identity {
    let (certificate, key) = certified.write(folder, name);
    Identity { certificate: Pem::File(certificate), key: Pem::File(key) }
}

fn der(certified: &Certified) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap()
}

async fn until_shown(server: &ServerTls, client: &ClientTls, certified: &Certified) {
    wait::until("the other certificate", || async {
        agree(server, client, "server.test").await.shown == der(certified)
    })
    .await;
}

/// A server shows a new certificate to new connections without a restart. One that cannot be used, or does not fit its
/// key, leaves the old one in place, and when it is mended the mended one is shown.
#[tokio::test]
async fn a_server_shows_its_new_certificate() {
    let folder = tempdir().unwrap();
    let authority = Authority::new("authority");
    let [first, second, third] = [(); 3].map(|()| authority.sign("server.test"));
    let identity = files(&first, folder.path(), "server");
    let server = server(ServerTlsSettings { reload_interval: OFTEN, ..ServerTlsSettings::new(identity) });
    let client = client(trusting(&authority));
    assert_eq!(agree(&server, &client, "server.test").await.shown, der(&first));

    second.write(folder.path(), "server");
    until_shown(&server, &client, &second).await;

    // The certificate alone, so that its key does not fit.
    write(folder.path(), "server.pem", &third.certificate);
    tokio::time::sleep(4 * OFTEN).await;
    assert_eq!(agree(&server, &client, "server.test").await.shown, der(&second));
    write(folder.path(), "server.key.pem", &third.key);
    until_shown(&server, &client, &third).await;

    std::fs::remove_file(folder.path().join("server.pem")).unwrap();
    tokio::time::sleep(4 * OFTEN).await;
    assert_eq!(agree(&server, &client, "server.test").await.shown, der(&third));
    first.write(folder.path(), "server");
    until_shown(&server, &client, &first).await;
}

/// With a `reload_interval` of 0, nothing is read again, as in the Collector.
#[tokio::test]
async fn without_an_interval_nothing_is_read_again() {
    let folder = tempdir().unwrap();
    let authority = Authority::new("authority");
    let [first, second] = [(); 2].map(|()| authority.sign("server.test"));
    let identity = files(&first, folder.path(), "server");
    let settings = ServerTlsSettings::new(identity);
    let never = server(ServerTlsSettings { reload_interval: Duration::ZERO, ..settings.clone() });
    let often = server(ServerTlsSettings { reload_interval: OFTEN, ..settings });
    let client = client(trusting(&authority));
    second.write(folder.path(), "server");
    until_shown(&often, &client, &second).await;
    assert_eq!(agree(&never, &client, "server.test").await.shown, der(&first));
}

/// The authorities of clients change only where `client_ca_file_reload` says so.
#[tokio::test]
async fn authorities_of_clients_change_where_they_may() {
    let folder = tempdir().unwrap();
    let (authority, old, new) = (Authority::new("authority"), Authority::new("old"), Authority::new("new"));
    let settings = ServerTlsSettings {
        client_ca_file: Some(write(folder.path(), "clients.pem", &old.pem())),
        reload_interval: OFTEN,
        ..ServerTlsSettings::new(text(&authority.sign("server.test")))
    };
    let fixed = server(ServerTlsSettings { client_ca_file_reload: false, ..settings.clone() });
    let changing = server(settings);
    let with = |by: &Authority| {
        let identity = Some(text(&by.sign("agent")));
        client(ClientTlsSettings { identity, ..trusting(&authority) })
    };
    let (before, after) = (with(&old), with(&new));
    agree(&changing, &before, "server.test").await;
    assert!(shake(&changing, &after, "server.test").await.0.is_err());

    write(folder.path(), "clients.pem", &new.pem());
    wait::until("the new authority", || async { shake(&changing, &after, "server.test").await.0.is_ok() })
        .await;
    assert!(shake(&changing, &before, "server.test").await.0.is_err());
    agree(&fixed, &before, "server.test").await;
    assert!(shake(&fixed, &after, "server.test").await.0.is_err());
}

/// A client trusts a new authority, and shows a new certificate, without a restart; a connector that is there already
/// does, too. An authority that cannot be read leaves the old one trusted.
#[tokio::test]
async fn a_client_trusts_a_new_authority() {
    let folder = tempdir().unwrap();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let server_of = |authority: &Authority, file: &str| {
        let client_ca_file = Some(write(folder.path(), file, &authority.pem()));
        let identity = text(&authority.sign("server.test"));
        server(ServerTlsSettings { client_ca_file, ..ServerTlsSettings::new(identity) })
    };
    let (first, second) = (server_of(&old, "old.pem"), server_of(&new, "new.pem"));
    let client = client(ClientTlsSettings {
        authorities: Some(Pem::File(write(folder.path(), "ca.pem", &old.pem()))),
        identity: Some(files(&old.sign("agent"), folder.path(), "agent")),
        reload_interval: OFTEN,
        ..ClientTlsSettings::default()
    });
    agree(&first, &client, "server.test").await;
    assert!(shake(&second, &client, "server.test").await.1.is_err());

    write(folder.path(), "ca.pem", "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
    tokio::time::sleep(4 * OFTEN).await;
    agree(&first, &client, "server.test").await;

    write(folder.path(), "ca.pem", &new.pem());
    new.sign("agent").write(folder.path(), "agent");
    wait::until("the new authority", || async { shake(&second, &client, "server.test").await.1.is_ok() })
        .await;
    assert!(shake(&first, &client, "server.test").await.1.is_err());
}
