//! TLS for every server and client of the gateway, with the settings of the Collector's `configtls`.
//!
//! [`ServerTls`] and [`ClientTls`] turn settings into rustls configurations, and do the handshakes. The files
//! that the settings name are read again each `reload_interval`: what changed is what the next handshake uses,
//! and a file that cannot be used leaves the earlier one in place, which is logged once a change.
//!
//! The log tells of a certificate of ours before it expires, and [`expiries`] lists them for metrics.
//!
//! Neighbours: `sluice-watched` reads files again; `sluice-receiver` accepts with it, `sluice-exporter` connects with it; what is said
//! on the connection is theirs, but for the names of the protocols ([`Alpn`]) that a handshake agrees on.
//!
//! Invariants:
//! - One crypto provider (ring), handed to rustls explicitly; there is no default of the process.
//! - No error, log line or debug output has a byte of a private key.
//! - No handshake waits for another one, or for a file.

mod alpn;
mod client;
mod error;
mod expiry;
mod material;
mod not_after;
mod protocol;
mod server;
mod settings;

/// What the log calls what is watched.
const CERTIFICATES: &str = "TLS certificates";

pub use alpn::Alpn;
pub use client::{ClientConnector, ClientTls};
pub use error::TlsError;
pub use expiry::expiries;
pub use server::{HandshakeError, HandshakeFailure, HandshakeLimits, ServerTls};
pub use settings::{
    CipherSuite, ClientTlsSettings, Curve, DEFAULT_RELOAD_INTERVAL, Identity, Pem, Protocol,
    ServerTlsSettings, Version,
};
pub use tokio_rustls::{client::TlsStream as ClientStream, server::TlsStream as ServerStream};
