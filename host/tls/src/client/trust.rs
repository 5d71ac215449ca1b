use std::sync::Arc;

use rustls::client::{ClientConfig, WantsClientCert};
use rustls::{ConfigBuilder, RootCertStore, WantsVerifier};

use super::unverified::Unverified;
use crate::material::authorities;
use crate::{ClientTlsSettings, TlsError};

/// Says whom to trust.
pub(super) fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    settings: &ClientTlsSettings,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, TlsError> {
    if settings.insecure_skip_verify {
        return Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified::new())));
    }
    let mut roots = match &settings.authorities {
        Some(pem) => authorities(pem, "ca")?,
        None => RootCertStore::empty(),
    };
    if settings.authorities.is_none() || settings.include_system_ca_certs_pool {
        add_system(&mut roots);
    }
    if roots.is_empty() {
        return Err(TlsError::NoAuthorities("its pool is empty".to_owned()));
    }
    Ok(builder.with_root_certificates(roots))
}

/// Adds what of the system's authorities can be read: one that cannot must not keep us from the others.
fn add_system(roots: &mut RootCertStore) {
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::debug!(%error, "a certificate authority of the system cannot be read");
    }
    let (added, ignored) = roots.add_parsable_certificates(system.certs);
    tracing::debug!(added, ignored, "the system's certificate authorities were read");
}
