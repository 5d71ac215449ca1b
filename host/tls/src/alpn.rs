/// A protocol that a handshake can agree on (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alpn {
    /// HTTP/2, which gRPC needs.
    H2,
    /// HTTP/1.1.
    Http11,
}

impl Alpn {
    const fn id(self) -> &'static [u8] {
        match self {
            Self::H2 => b"h2",
            Self::Http11 => b"http/1.1",
        }
    }
}

/// As rustls takes them, the preferred one first.
pub(crate) fn ids(protocols: &[Alpn]) -> Vec<Vec<u8>> {
    protocols.iter().map(|protocol| protocol.id().to_vec()).collect()
}
