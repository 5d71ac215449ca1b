use std::path::PathBuf;

use crate::decode::{Block, Fields, Key};
use crate::types::secret::Secret;

/// `tls` of a client.
#[derive(Clone, Debug, Default, PartialEq)]
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
}

const LATER: &str = "comes with a later release; TLS 1.2 and 1.3 are spoken";

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
        Key::refused("min_version", LATER),
        Key::refused("max_version", LATER),
        Key::refused("cipher_suites", LATER),
        Key::refused("curve_preferences", LATER),
        Key::refused("reload_interval", "comes with a later release; certificates are read at the start"),
        Key::refused("tpm", "Sluice does not speak to a TPM"),
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
        self.check(fields);
    }
}

impl ClientTls {
    fn check(&self, fields: &Fields<'_>) {
        for (file, pem) in [("ca_file", "ca_pem"), ("cert_file", "cert_pem"), ("key_file", "key_pem")] {
            if fields.has_value(file) && fields.has_value(pem) {
                fields.error(pem, format!("give {file} or {pem}, not both"));
            }
        }
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
