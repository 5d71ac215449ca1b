use std::path::PathBuf;
use std::time::Duration;

use super::protocol::{CURVES_KEY, MAX_KEY, MIN_KEY, SUITES_KEY};
use super::{RELOAD_INTERVAL, RELOAD_KEY, TPM_KEY, TlsProtocol, check_pairs};
use crate::decode::{Block, Fields, Key};
use crate::types::secret::Secret;

/// `tls` of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientTls {
    /// Speak without TLS.
    pub insecure: bool,
    /// Speak TLS and take any certificate.
    pub insecure_skip_verify: bool,
    /// The certificates that sign a server's, in PEM; the system's when neither form is there.
    pub ca_file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub ca_pem: Option<String>,
    /// Whether the system's certificates are trusted beside the ones given.
    pub include_system_ca_certs_pool: bool,
    /// Our certificate, in PEM.
    pub cert_file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub cert_pem: Option<String>,
    /// The key of our certificate, in PEM.
    pub key_file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub key_pem: Option<Secret>,
    /// The name that the server's certificate must have; that of the endpoint when `None`.
    pub server_name_override: Option<String>,
    /// What of TLS is spoken.
    pub protocol: TlsProtocol,
    /// How often files are looked at; zero: never again.
    pub reload_interval: Duration,
}

impl Default for ClientTls {
    fn default() -> Self {
        Self {
            insecure: false,
            insecure_skip_verify: false,
            ca_file: None,
            ca_pem: None,
            include_system_ca_certs_pool: false,
            cert_file: None,
            cert_pem: None,
            key_file: None,
            key_pem: None,
            server_name_override: None,
            protocol: TlsProtocol::default(),
            reload_interval: RELOAD_INTERVAL,
        }
    }
}

impl Block for ClientTls {
    const KEYS: &'static [Key] = &[
        Key::new("insecure", "true or false", "false", "speak without TLS"),
        Key::new("insecure_skip_verify", "true or false", "false", "take any certificate"),
        Key::new("ca_file", "path", "(the system's)", "certificates that sign the server's, in PEM"),
        Key::new("ca_pem", "PEM", "(none)", "the same, written here"),
        Key::new("include_system_ca_certs_pool", "true or false", "false", "trust the system's beside them"),
        Key::new("cert_file", "path", "(none)", "our certificate, in PEM"),
        Key::new("cert_pem", "PEM", "(none)", "the same, written here"),
        Key::new("key_file", "path", "(none)", "the key of our certificate, in PEM"),
        Key::new("key_pem", "PEM", "(none)", "the same, written here"),
        Key::new("server_name_override", "name", "(the endpoint's)", "name in the server's certificate"),
        RELOAD_KEY,
        MIN_KEY,
        MAX_KEY,
        SUITES_KEY,
        CURVES_KEY,
        TPM_KEY,
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("insecure", &mut self.insecure);
        fields.read("insecure_skip_verify", &mut self.insecure_skip_verify);
        fields.read("ca_file", &mut self.ca_file);
        fields.read("ca_pem", &mut self.ca_pem);
        fields.read("include_system_ca_certs_pool", &mut self.include_system_ca_certs_pool);
        fields.read("cert_file", &mut self.cert_file);
        fields.read("cert_pem", &mut self.cert_pem);
        fields.read("key_file", &mut self.key_file);
        fields.read("key_pem", &mut self.key_pem);
        fields.read("server_name_override", &mut self.server_name_override);
        fields.read("reload_interval", &mut self.reload_interval);
        self.protocol.fill(fields);
        self.check(fields);
    }
}

impl ClientTls {
    /// Whether TLS is spoken, unless the endpoint itself asks for it.
    pub(crate) fn is_on(&self) -> bool {
        !self.insecure || self.ca_file.is_some() || self.ca_pem.is_some()
    }

    fn check(&self, fields: &Fields<'_>) {
        check_pairs(fields, &[("ca_file", "ca_pem"), ("cert_file", "cert_pem"), ("key_file", "key_pem")]);
        let has_certificate = self.cert_file.is_some() || self.cert_pem.is_some();
        let has_key = self.key_file.is_some() || self.key_pem.is_some();
        if has_certificate && !has_key {
            fields.error("cert_file", "a certificate needs its key; give key_file or key_pem too");
        }
        if has_key && !has_certificate {
            fields.error("key_file", "a key needs its certificate; give cert_file or cert_pem too");
        }
    }
}
