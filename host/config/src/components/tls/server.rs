use std::path::PathBuf;
use std::time::Duration;

use super::protocol::{CURVES_KEY, MAX_KEY, MIN_KEY, SUITES_KEY};
use super::{RELOAD_INTERVAL, RELOAD_KEY, TPM_KEY, TlsProtocol, check_pairs};
use crate::decode::{Block, Fields, Key};
use crate::types::secret::Secret;

/// `tls` of a server. One form of certificate and key is there in every valid configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerTls {
    /// Our certificate, in PEM.
    pub cert_file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub cert_pem: Option<String>,
    /// The key of our certificate, in PEM.
    pub key_file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub key_pem: Option<Secret>,
    /// The certificates that sign those of clients, in PEM; clients need none when `None`.
    pub client_ca_file: Option<PathBuf>,
    /// Whether that file is read again when it changes, too.
    pub client_ca_file_reload: bool,
    /// What of TLS is spoken.
    pub protocol: TlsProtocol,
    /// How often files are looked at; zero: never again.
    pub reload_interval: Duration,
}

impl Default for ServerTls {
    fn default() -> Self {
        Self {
            cert_file: None,
            cert_pem: None,
            key_file: None,
            key_pem: None,
            client_ca_file: None,
            client_ca_file_reload: true,
            protocol: TlsProtocol::default(),
            reload_interval: RELOAD_INTERVAL,
        }
    }
}

const NO_CA: &str = "a server does not look at it; `client_ca_file` is what asks clients for certificates";

impl Block for ServerTls {
    const KEYS: &'static [Key] = &[
        Key::new("cert_file", "path", "(required)", "our certificate, in PEM"),
        Key::new("cert_pem", "PEM", "(none)", "the same, written here"),
        Key::new("key_file", "path", "(required)", "the key of our certificate, in PEM"),
        Key::new("key_pem", "PEM", "(none)", "the same, written here"),
        Key::new(
            "client_ca_file",
            "path",
            "(none)",
            "let in only clients with a certificate signed by these",
        ),
        Key::new("client_ca_file_reload", "true or false", "true", "read that file again, too"),
        RELOAD_KEY,
        MIN_KEY,
        MAX_KEY,
        SUITES_KEY,
        CURVES_KEY,
        Key::inert("ca_file", NO_CA),
        Key::inert("ca_pem", NO_CA),
        Key::inert("include_system_ca_certs_pool", NO_CA),
        TPM_KEY,
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("cert_file", &mut self.cert_file);
        fields.read("cert_pem", &mut self.cert_pem);
        fields.read("key_file", &mut self.key_file);
        fields.read("key_pem", &mut self.key_pem);
        fields.read("client_ca_file", &mut self.client_ca_file);
        fields.read("client_ca_file_reload", &mut self.client_ca_file_reload);
        fields.read("reload_interval", &mut self.reload_interval);
        self.protocol.fill(fields);
        check_pairs(fields, &[("cert_file", "cert_pem"), ("key_file", "key_pem")]);
        if !fields.has_value("cert_file") && !fields.has_value("cert_pem") {
            fields.error("cert_file", "a server needs a certificate; give cert_file or cert_pem");
        }
        if !fields.has_value("key_file") && !fields.has_value("key_pem") {
            fields.error("key_file", "a server needs the key of its certificate; give key_file or key_pem");
        }
    }
}
