use std::time::Duration;

use sluice_tls::TlsError;
use thiserror::Error;
use tonic::Code;

/// Why a client could not be set up: the configuration's fault.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The endpoint is not one.
    #[error("endpoint {endpoint:?}: {reason}")]
    Endpoint {
        /// As it was given.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header that cannot be sent.
    #[error("header {name:?}: {reason}")]
    Header {
        /// As it was given.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A secret would be sent in the clear.
    #[error("endpoint {endpoint:?} is spoken to without TLS, and auth would show everybody a secret")]
    Unprotected {
        /// As it was given.
        endpoint: String,
    },
    /// The proxy is none.
    #[error("proxy_url: {0}")]
    Proxy(String),
    /// The endpoint has no name that a certificate could be for, or the certificates cannot be used.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
}

/// Why an attempt to export failed, by OTLP's table of codes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code:?}: {message}")]
pub struct ExportError {
    /// Whether trying again can help.
    pub kind: ErrorKind,
    /// The server's code; `Unavailable` or `DeadlineExceeded` when there was no answer.
    pub code: Code,
    /// The server's words, or ours.
    pub message: String,
}

/// Whether sending the same again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// It can, but not before `after`, where the server said so.
    Retryable {
        /// `RetryInfo.retry_delay`.
        after: Option<Duration>,
    },
    /// Smaller requests can.
    TooLarge,
    /// It cannot.
    Permanent,
}
