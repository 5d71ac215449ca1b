use std::path::PathBuf;
use std::time::Duration;

use crate::components::tls::ClientTls;
use crate::decode::{Block, Fields, Key, Node, Read};
use crate::types::listen::split_address;
use crate::types::secret::Secret;

/// The `oauth2client` extension, for exporters.
#[derive(Clone, Debug, PartialEq)]
pub struct OAuth2Client {
    /// Who we are.
    pub client_id: String,
    /// A file that says it, read for each token.
    pub client_id_file: Option<PathBuf>,
    /// Our secret.
    pub client_secret: Secret,
    /// A file that has it, read for each token.
    pub client_secret_file: Option<PathBuf>,
    /// Where tokens are asked for.
    pub token_url: String,
    /// What the token is to be good for.
    pub scopes: Vec<String>,
    /// More parameters of the request, each with its values.
    pub endpoint_params: Vec<(String, Vec<Secret>)>,
    /// How long a request for a token may take; zero: as long as it takes.
    pub timeout: Duration,
    /// So long before it expires a token is fetched anew.
    pub expiry_buffer: Duration,
    /// How the connection to the server of tokens is secured.
    pub tls: ClientTls,
}

impl Default for OAuth2Client {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_id_file: None,
            client_secret: Secret::default(),
            client_secret_file: None,
            token_url: String::new(),
            scopes: Vec::new(),
            endpoint_params: Vec::new(),
            timeout: Duration::ZERO,
            expiry_buffer: Duration::from_secs(300),
            tls: ClientTls::default(),
        }
    }
}

impl Block for OAuth2Client {
    const KEYS: &'static [Key] = &[
        Key::new("client_id", "text", "(this or the file)", "who we are"),
        Key::new("client_id_file", "path", "(none)", "the same, in a file; it counts before the other"),
        Key::new("client_secret", "text", "(this or the file)", "our secret; never shown"),
        Key::new("client_secret_file", "path", "(none)", "the same, in a file; it counts before the other"),
        Key::new("token_url", "URL", "(required)", "where tokens are asked for, `https://`"),
        Key::new("scopes", "list of text", "[]", "what the token is to be good for"),
        Key::new("endpoint_params", "names and values", "{}", "more parameters of the request; never shown"),
        Key::new("timeout", "duration", "0s", "for one request for a token; 0: no limit"),
        Key::new("expiry_buffer", "duration", "5m", "fetch the next token so long before this one expires"),
        Key::block("tls", ClientTls::KEYS),
        Key::new("grant_type", "`client_credentials`", "client_credentials", "the only flow that is served"),
        Key::refused("client_certificate_key", CERTIFICATE),
        Key::refused("client_certificate_key_file", CERTIFICATE),
        Key::refused("client_certificate_key_id", CERTIFICATE),
        Key::refused("signature_algorithm", CERTIFICATE),
        Key::refused("iss", CERTIFICATE),
        Key::refused("audience", "write it as `endpoint_params: {audience: ...}`"),
        Key::refused("claims", CERTIFICATE),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("client_id", &mut self.client_id);
        fields.read("client_id_file", &mut self.client_id_file);
        fields.read("client_secret", &mut self.client_secret);
        fields.read("client_secret_file", &mut self.client_secret_file);
        fields.read("token_url", &mut self.token_url);
        fields.read("scopes", &mut self.scopes);
        fields.read("endpoint_params", &mut Parameters(&mut self.endpoint_params));
        fields.read("timeout", &mut self.timeout);
        fields.read("expiry_buffer", &mut self.expiry_buffer);
        fields.read("tls", &mut self.tls);
        fields.read("grant_type", &mut GrantType::ClientCredentials);
        if self.client_id.is_empty() && self.client_id_file.is_none() {
            fields.error("client_id", "no ClientID provided; give client_id or client_id_file");
        }
        if self.client_secret.expose().is_empty() && self.client_secret_file.is_none() {
            fields
                .error("client_secret", "no ClientSecret provided; give client_secret or client_secret_file");
        }
        if let Err(message) = check_url(&self.token_url) {
            fields.error("token_url", message);
        }
    }
}

/// How a token is asked for.
#[derive(Clone, Copy)]
enum GrantType {
    ClientCredentials,
}

impl Read for GrantType {
    fn read(&mut self, node: &Node<'_>) {
        if let Some(grant_type) = node.one_of(&[("client_credentials", Self::ClientCredentials)], str::eq) {
            *self = grant_type;
        }
    }
}

const CERTIFICATE: &str = "Sluice shows a client_secret; assertions that are signed are not served";

fn check_url(url: &str) -> Result<(), String> {
    if url.is_empty() {
        return Err(
            "no TokenURL provided; write for example `token_url: https://login.example/token`".to_owned()
        );
    }
    let Some(rest) = url.strip_prefix("https://") else {
        return Err("starts with `https://`, since a secret is sent there".to_owned());
    };
    let address = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if address.contains('@') || url.contains(char::is_whitespace) {
        return Err("is no URL of a server; write `https://host/path`".to_owned());
    }
    match split_address(address)? {
        ("", _) => Err("names no host".to_owned()),
        (_, Some(0)) => Err("has port 0, which nobody listens on".to_owned()),
        _ => Ok(()),
    }
}

/// Names with a value each, or a list of them.
struct Parameters<'a>(&'a mut Vec<(String, Vec<Secret>)>);

impl Read for Parameters<'_> {
    fn read(&mut self, node: &Node<'_>) {
        self.0.clear();
        for (name, value) in node.entries().unwrap_or_default() {
            let mut values = Vec::<Secret>::new();
            values.read(&value);
            self.0.push((name.to_owned(), values));
        }
    }
}
