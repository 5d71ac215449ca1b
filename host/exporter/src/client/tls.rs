mod unverified;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
use unverified::Unverified;

use super::endpoint::Target;
use super::status::describe;
use super::{ClientError, TlsSettings};

/// Whether a connection is encrypted: the Collector's rule.
pub(super) fn is_on(settings: &TlsSettings, target: &Target) -> bool {
    !settings.insecure || target.wants_tls || settings.ca_file.is_some() || settings.ca_pem.is_some()
}

/// Adds TLS to an endpoint.
pub(super) fn configure(
    endpoint: Endpoint,
    settings: &TlsSettings,
    timeout: Duration,
) -> Result<Endpoint, ClientError> {
    let mut config = ClientTlsConfig::new().timeout(timeout);
    if let Some(name) = &settings.server_name_override {
        config = config.domain_name(name);
    }
    if let Some(identity) = identity(settings)? {
        config = config.identity(identity);
    }
    let configured = if settings.insecure_skip_verify {
        endpoint.tls_config_with_verifier(config, Arc::new(Unverified::new()))
    } else {
        endpoint.tls_config(trusting(config, settings)?)
    };
    configured.map_err(|error| ClientError::Tls(describe(&error)))
}

fn trusting(config: ClientTlsConfig, settings: &TlsSettings) -> Result<ClientTlsConfig, ClientError> {
    let Some(authority) = pem(settings.ca_file.as_ref(), settings.ca_pem.as_ref(), "ca")? else {
        return Ok(config.with_native_roots());
    };
    if !contains(&authority, "CERTIFICATE") {
        return Err(ClientError::Tls("ca_file or ca_pem has no PEM certificate".to_owned()));
    }
    let config = config.ca_certificate(Certificate::from_pem(authority));
    Ok(if settings.include_system_ca_certs_pool { config.with_native_roots() } else { config })
}

/// Our own certificate and its key.
fn identity(settings: &TlsSettings) -> Result<Option<Identity>, ClientError> {
    let certificate = pem(settings.cert_file.as_ref(), settings.cert_pem.as_ref(), "cert")?;
    let key = pem(settings.key_file.as_ref(), settings.key_pem.as_ref(), "key")?;
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(Identity::from_pem(certificate, key))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ClientError::Tls("a certificate is given without its key".to_owned())),
        (None, Some(_)) => Err(ClientError::Tls("a key is given without its certificate".to_owned())),
    }
}

/// What one of a `_file` and `_pem` pair holds.
fn pem(file: Option<&PathBuf>, text: Option<&String>, what: &str) -> Result<Option<Vec<u8>>, ClientError> {
    match (file, text) {
        (None, None) => Ok(None),
        (None, Some(text)) => Ok(Some(text.clone().into_bytes())),
        (Some(path), None) => match std::fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(source) => Err(ClientError::File { path: path.clone(), source }),
        },
        (Some(_), Some(_)) => Err(ClientError::Tls(format!("{what}_file and {what}_pem are both given"))),
    }
}

/// Whether PEM text has a section of that kind; without the check, one that has none would trust nobody.
fn contains(pem: &[u8], kind: &str) -> bool {
    let marker = format!("-----BEGIN {kind}-----");
    pem.windows(marker.len()).any(|window| window == marker.as_bytes())
}
