//! Certificates and keys, from files or from the configuration.

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use sluice_watched::read_file;

use crate::protocol::provider;
use crate::{Identity, Pem, TlsError};

impl Pem {
    fn read(&self) -> Result<Vec<u8>, TlsError> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::File(path) => {
                read_file(path).map_err(|source| TlsError::File { path: path.clone(), source })
            }
        }
    }

    /// The key of the configuration, `key` with its ending, and the file.
    fn name(&self, key: &str) -> String {
        match self {
            Self::Text(_) => format!("{key}_pem"),
            Self::File(path) => format!("{key}_file {}", path.display()),
        }
    }
}

/// At least one certificate. `key` is the configuration's, without its ending: `ca`, `cert`.
fn certificates(pem: &Pem, key: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = pem.read()?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(TlsError::Missing { source_name: pem.name(key), wanted: "certificate" })
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(broken(pem.name(key), &error)),
    }
}

/// Authorities to trust, at least one. One that cannot be read keeps nobody from trusting the others.
pub(crate) fn authorities(pem: &Pem, key: &str) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(certificates(pem, key)?);
    let source_name = pem.name(key);
    if added == 0 {
        let reason = "no certificate in it is one that TLS can use".to_owned();
        return Err(TlsError::Broken { source_name, reason });
    }
    if ignored > 0 {
        tracing::warn!(source = source_name, ignored, "some certificate authorities cannot be read");
    }
    Ok(roots)
}

/// A certificate and the key that fits it.
pub(crate) fn certified_key(identity: &Identity) -> Result<CertifiedKey, TlsError> {
    let Identity { certificate, key } = identity;
    let chain = certificates(certificate, "cert")?;
    let private = private_key(key)?;
    CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { key: key.name("key"), certificate: certificate.name("cert") }
        }
        rustls::Error::InvalidCertificate(error) => TlsError::Broken {
            source_name: certificate.name("cert"),
            reason: format!("the certificate is none that TLS can use: {error}"),
        },
        // Of the key: its kind, or a form that ring does not take.
        error => TlsError::Broken { source_name: key.name("key"), reason: error.to_string() },
    })
}

fn private_key(pem: &Pem) -> Result<PrivateKeyDer<'static>, TlsError> {
    let bytes = pem.read()?;
    let source_name = pem.name("key");
    if has(&bytes, b"BEGIN ENCRYPTED PRIVATE KEY") || has(&bytes, b"Proc-Type: 4,ENCRYPTED") {
        let reason = "the key is encrypted, and there is nobody to ask for its passphrase".to_owned();
        return Err(TlsError::Broken { source_name, reason });
    }
    match PrivateKeyDer::from_pem_slice(&bytes) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => Err(TlsError::Missing { source_name, wanted: "private key" }),
        Err(error) => Err(broken(source_name, &error)),
    }
}

/// What is wrong with PEM text. The reader's own words are not used: they repeat lines, which may be of a key.
fn broken(source_name: String, error: &pem::Error) -> TlsError {
    let reason = match error {
        pem::Error::MissingSectionEnd { .. } => "a PEM section has no END line",
        pem::Error::IllegalSectionStart { .. } => "a PEM section has a BEGIN line that is not complete",
        pem::Error::Base64Decode(_) => "a PEM section is not base64",
        _ => "its PEM cannot be read",
    };
    TlsError::Broken { source_name, reason: reason.to_owned() }
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}
