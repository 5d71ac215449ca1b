//! From `tls` in the configuration to certificates that are loaded.

use std::path::PathBuf;

use anyhow::Context;
use sluice_config as config;
use sluice_tls::{
    Alpn, CipherSuite, ClientTls, ClientTlsSettings, Curve, HandshakeLimits, Identity, Pem, Protocol,
    ServerTls, ServerTlsSettings, Version,
};

/// The TLS of an exporter; `owner` is its place in the configuration.
pub(super) fn client(owner: &str, tls: &config::ClientTls, alpn: &[Alpn]) -> anyhow::Result<ClientTls> {
    let key_pem = tls.key_pem.as_ref().map(config::Secret::expose);
    let certificate = pem(tls.cert_file.as_ref(), tls.cert_pem.as_deref());
    let key = pem(tls.key_file.as_ref(), key_pem);
    let settings = ClientTlsSettings {
        insecure: tls.insecure,
        insecure_skip_verify: tls.insecure_skip_verify,
        authorities: pem(tls.ca_file.as_ref(), tls.ca_pem.as_deref()),
        include_system_ca_certs_pool: tls.include_system_ca_certs_pool,
        identity: certificate.zip(key).map(|(certificate, key)| Identity { certificate, key }),
        server_name_override: tls.server_name_override.clone(),
        protocol: protocol(&tls.protocol),
        reload_interval: tls.reload_interval,
    };
    ClientTls::new(owner, settings, alpn).context("tls")
}

/// The TLS of a server that holds up to `max_connections`; `owner` is its place in the configuration.
pub(super) fn server(
    owner: &str,
    tls: &config::ServerTls,
    alpn: &[Alpn],
    max_connections: usize,
) -> anyhow::Result<ServerTls> {
    let key_pem = tls.key_pem.as_ref().map(config::Secret::expose);
    let settings = ServerTlsSettings {
        identity: Identity {
            certificate: pem(tls.cert_file.as_ref(), tls.cert_pem.as_deref())
                .context("tls: no certificate is configured")?,
            key: pem(tls.key_file.as_ref(), key_pem).context("tls: no key is configured")?,
        },
        client_ca_file: tls.client_ca_file.clone(),
        client_ca_file_reload: tls.client_ca_file_reload,
        protocol: protocol(&tls.protocol),
        reload_interval: tls.reload_interval,
    };
    // Of the places for connections, half are never taken by handshakes that drag on.
    let limits =
        HandshakeLimits { max_concurrent: max_connections.div_ceil(2), ..HandshakeLimits::default() };
    ServerTls::new(owner, settings, alpn, limits).context("tls")
}

fn pem(file: Option<&PathBuf>, text: Option<&str>) -> Option<Pem> {
    file.cloned().map(Pem::File).or_else(|| text.map(|text| Pem::Text(text.to_owned())))
}

fn protocol(protocol: &config::TlsProtocol) -> Protocol {
    Protocol {
        min_version: version(protocol.min_version),
        max_version: version(protocol.max_version),
        cipher_suites: protocol.cipher_suites.iter().copied().map(cipher_suite).collect(),
        curve_preferences: protocol.curve_preferences.iter().copied().map(curve).collect(),
    }
}

fn version(version: config::TlsVersion) -> Version {
    match version {
        config::TlsVersion::V1_2 => Version::V1_2,
        config::TlsVersion::V1_3 => Version::V1_3,
    }
}

fn cipher_suite(suite: config::CipherSuite) -> CipherSuite {
    match suite {
        config::CipherSuite::EcdsaAes128 => CipherSuite::EcdsaAes128,
        config::CipherSuite::EcdsaAes256 => CipherSuite::EcdsaAes256,
        config::CipherSuite::EcdsaChaCha20 => CipherSuite::EcdsaChaCha20,
        config::CipherSuite::RsaAes128 => CipherSuite::RsaAes128,
        config::CipherSuite::RsaAes256 => CipherSuite::RsaAes256,
        config::CipherSuite::RsaChaCha20 => CipherSuite::RsaChaCha20,
    }
}

fn curve(curve: config::Curve) -> Curve {
    match curve {
        config::Curve::X25519 => Curve::X25519,
        config::Curve::P256 => Curve::P256,
        config::Curve::P384 => Curve::P384,
    }
}
