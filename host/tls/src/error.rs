use std::path::PathBuf;

use thiserror::Error;

/// Why settings cannot be used: the configuration's fault, or that of a file it names.
///
/// `source_name` is the key, with the file where it names one: `cert_file /etc/tls.crt`, `cert_pem`.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing of the kind asked for.
    #[error("{source_name} has no PEM {wanted}")]
    Missing {
        /// Where it was looked for.
        source_name: String,
        /// `certificate` or `private key`.
        wanted: &'static str,
    },
    /// The PEM, or what is in it, cannot be read.
    #[error("{source_name} cannot be used: {reason}")]
    Broken {
        /// Where it stands.
        source_name: String,
        /// What is wrong with it; no part of the content.
        reason: String,
    },
    /// The key belongs to another certificate.
    #[error("the key in {key} does not fit the certificate in {certificate}")]
    Mismatch {
        /// Where the key stands.
        key: String,
        /// Where the certificate stands.
        certificate: String,
    },
    /// No name that a certificate could be for.
    #[error("server name {0:?} is neither a host name nor an IP address")]
    ServerName(String),
    /// Nobody to trust.
    #[error("the system has no certificate authorities to trust ({0}); give ca_file")]
    NoAuthorities(String),
    /// Versions and suites that leave nothing to speak.
    #[error("nothing is left to speak of the versions, cipher suites and curves chosen: {0}")]
    Protocol(String),
}
