//! What the tests share.

use std::io;

use rustls::pki_types::CertificateDer;
use rustls::{ProtocolVersion, SupportedCipherSuite};
use sluice_tests::certificates::{Authority, Certified};
use sluice_tls::{
    Alpn, ClientTls, ClientTlsSettings, HandshakeError, HandshakeLimits, Identity, Pem, ServerTls,
    ServerTlsSettings,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// What both sides know of a connection on which a word went there and back.
#[derive(Debug)]
pub(crate) struct Shaken {
    pub(crate) version: ProtocolVersion,
    pub(crate) suite: SupportedCipherSuite,
    pub(crate) curve: rustls::NamedGroup,
    pub(crate) shown: CertificateDer<'static>,
    pub(crate) alpn: Option<Vec<u8>>,
}

pub(crate) fn text(certified: &Certified) -> Identity {
    Identity { certificate: Pem::Text(certified.certificate.clone()), key: Pem::Text(certified.key.clone()) }
}

pub(crate) fn server(settings: ServerTlsSettings) -> ServerTls {
    ServerTls::new("server", settings, &[Alpn::H2], HandshakeLimits::default()).unwrap()
}

pub(crate) fn client(settings: ClientTlsSettings) -> ClientTls {
    ClientTls::new("client", settings, &[Alpn::H2]).unwrap()
}

/// A client that trusts an authority.
pub(crate) fn trusting(authority: &Authority) -> ClientTlsSettings {
    ClientTlsSettings { authorities: Some(Pem::Text(authority.pem())), ..ClientTlsSettings::default() }
}

/// Connects to `host` by way of memory, and sends a word there and back.
pub(crate) async fn shake(
    server: &ServerTls,
    client: &ClientTls,
    host: &str,
) -> (Result<(), HandshakeError>, io::Result<Shaken>) {
    let (near, far) = duplex(64 * 1024);
    let connector = client.connector(host, false).unwrap().expect("TLS");
    let serving = async {
        let mut stream = server.accept(far).await?;
        let word = stream.read_u8().await;
        if let Ok(word) = word {
            stream.write_u8(word).await.unwrap();
            stream.flush().await.unwrap();
        }
        Ok(())
    };
    let asking = async {
        let mut stream = connector.connect(near).await?;
        stream.write_u8(42).await?;
        stream.flush().await?;
        assert_eq!(stream.read_u8().await?, 42);
        let session = stream.get_ref().1;
        Ok(Shaken {
            version: session.protocol_version().unwrap(),
            suite: session.negotiated_cipher_suite().unwrap(),
            curve: session.negotiated_key_exchange_group().unwrap().name(),
            shown: session.peer_certificates().unwrap()[0].clone().into_owned(),
            alpn: session.alpn_protocol().map(<[u8]>::to_vec),
        })
    };
    tokio::join!(serving, asking)
}

/// The same, where it has to go well.
pub(crate) async fn agree(server: &ServerTls, client: &ClientTls, host: &str) -> Shaken {
    let (served, asked) = shake(server, client, host).await;
    served.unwrap();
    asked.unwrap()
}
