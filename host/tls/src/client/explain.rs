use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Says what was wrong with a handshake, and which key may help.
pub(super) fn explain(error: &io::Error) -> io::Error {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let advice = match tls {
        Some(tls) => advice(tls),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Some("the server closed the connection instead; it may speak no TLS, or refuse us")
        }
        None => None,
    };
    let text = match advice {
        Some(advice) => format!("TLS handshake: {error} ({advice})"),
        None => format!("TLS handshake: {error}"),
    };
    io::Error::new(error.kind(), text)
}

fn advice(error: &Error) -> Option<&'static str> {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Some("no authority that we trust has signed the server's certificate; see tls::ca_file")
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Some("the server's certificate is for other names; see tls::server_name_override"),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Some("the server speaks no TLS; if that is meant, see tls::insecure")
        }
        Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure) => {
            Some("the server may ask for a certificate; see tls::cert_file")
        }
        Error::AlertReceived(AlertDescription::UnknownCA | AlertDescription::BadCertificate) => {
            Some("the server does not trust our certificate")
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            Some("we have no version of TLS in common; see tls::min_version")
        }
        Error::AlertReceived(AlertDescription::NoApplicationProtocol) => Some("the server speaks no HTTP/2"),
        _ => None,
    }
}
