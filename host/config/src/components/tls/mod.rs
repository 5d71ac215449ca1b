//! `tls`, as the Collector's `configtls` has it: of clients and of servers.

mod client;
mod protocol;
mod server;

pub use client::ClientTls;
pub use protocol::{CipherSuite, Curve, TlsProtocol, TlsVersion};
pub use server::ServerTls;

use std::time::Duration;

use crate::decode::{Fields, Key};

/// How often certificates are looked at where the file does not say.
const RELOAD_INTERVAL: Duration = Duration::from_secs(10);

const RELOAD_KEY: Key =
    Key::new("reload_interval", "duration", "10s", "read files again that have changed; 0: never");
const TPM_KEY: Key = Key::refused("tpm", "Sluice does not speak to a TPM");

/// Of each pair, one form is enough.
fn check_pairs(fields: &Fields<'_>, pairs: &[(&str, &str)]) {
    for (file, pem) in pairs {
        if fields.has_value(file) && fields.has_value(pem) {
            fields.error(pem, format!("give {file} or {pem}, not both"));
        }
    }
}
