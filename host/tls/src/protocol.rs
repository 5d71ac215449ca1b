//! What of TLS is spoken, in rustls's terms.

use std::sync::Arc;

use rustls::SupportedProtocolVersion;
use rustls::crypto::ring::{self, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::version::{TLS12, TLS13};

use crate::{CipherSuite, Curve, Protocol, Version};

/// The one provider, with everything that it has.
pub(crate) fn provider() -> CryptoProvider {
    ring::default_provider()
}

impl Protocol {
    /// The provider, with what the settings leave of it.
    pub(crate) fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = provider();
        if !self.cipher_suites.is_empty() {
            let chosen: Vec<_> = self.cipher_suites.iter().copied().map(suite).collect();
            provider.cipher_suites.retain(|suite| suite.tls13().is_some() || chosen.contains(&suite.suite()));
        }
        if !self.curve_preferences.is_empty() {
            provider.kx_groups = self.curve_preferences.iter().copied().map(curve).collect();
        }
        Arc::new(provider)
    }

    /// The versions from the least to the highest.
    pub(crate) fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let all = [(Version::V1_2, &TLS12), (Version::V1_3, &TLS13)];
        let chosen = all
            .into_iter()
            .filter(|(version, _)| *version >= self.min_version && *version <= self.max_version);
        chosen.map(|(_, version)| version).collect()
    }
}

fn suite(suite: CipherSuite) -> rustls::CipherSuite {
    use rustls::CipherSuite as Suite;
    match suite {
        CipherSuite::EcdsaAes128 => Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::EcdsaAes256 => Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::EcdsaChaCha20 => Suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite::RsaAes128 => Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::RsaAes256 => Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::RsaChaCha20 => Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    }
}

fn curve(curve: Curve) -> &'static dyn SupportedKxGroup {
    match curve {
        Curve::X25519 => kx_group::X25519,
        Curve::P256 => kx_group::SECP256R1,
        Curve::P384 => kx_group::SECP384R1,
    }
}
