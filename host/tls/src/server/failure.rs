use std::fmt;
use std::io;
use std::time::Duration;

use rustls::{Error, InvalidMessage};

/// Why a handshake failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeError {
    /// Whose fault it is.
    pub failure: HandshakeFailure,
    /// For people.
    pub message: String,
}

/// Whose fault it is that a handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeFailure {
    /// The client went away, as probes of ports do.
    Closed,
    /// The client took too long, or others needed its place.
    Slow,
    /// The client does not speak TLS.
    Plaintext,
    /// The client showed no certificate, or none that we trust.
    ClientCertificate,
    /// The client does not like what it was shown.
    RefusedByClient,
    /// Something else: no version or suite in common, or nonsense.
    Other,
}

impl HandshakeError {
    pub(super) fn slow(limit: Duration) -> Self {
        let message = format!("not done within {limit:?}");
        Self { failure: HandshakeFailure::Slow, message }
    }

    pub(super) fn pushed_out() -> Self {
        let message = "it took longest of too many at the same time".to_owned();
        Self { failure: HandshakeFailure::Slow, message }
    }
}

/// Whose fault an error is.
pub(super) fn judge(error: &io::Error) -> HandshakeError {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return HandshakeError { failure: HandshakeFailure::Closed, message: error.to_string() };
    };
    let failure = match tls {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => HandshakeFailure::Plaintext,
        Error::NoCertificatesPresented | Error::InvalidCertificate(_) => HandshakeFailure::ClientCertificate,
        Error::AlertReceived(_) => HandshakeFailure::RefusedByClient,
        _ => HandshakeFailure::Other,
    };
    let message = match failure {
        HandshakeFailure::Plaintext => "the client does not speak TLS".to_owned(),
        _ => tls.to_string(),
    };
    HandshakeError { failure, message }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HandshakeError {}
