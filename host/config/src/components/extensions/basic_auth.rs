use std::path::PathBuf;

use crate::decode::{Block, Fields, Key};
use crate::types::secret::Secret;

/// The `basicauth` extension. One of the two is there in every valid configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BasicAuth {
    /// Whom a receiver lets in.
    pub htpasswd: Option<Htpasswd>,
    /// What an exporter shows.
    pub client_auth: Option<BasicClientAuth>,
}

/// Names and passwords as `htpasswd` writes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Htpasswd {
    /// A file of lines `name:password`.
    pub file: Option<PathBuf>,
    /// The same, written into the configuration.
    pub inline: Option<Secret>,
}

/// A name and a password. A file counts before what is written here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BasicClientAuth {
    /// Who we are.
    pub username: String,
    /// A file that says it.
    pub username_file: Option<PathBuf>,
    /// Our password.
    pub password: Secret,
    /// A file that has it.
    pub password_file: Option<PathBuf>,
}

impl Block for BasicAuth {
    const KEYS: &'static [Key] = &[
        Key::block("htpasswd", Htpasswd::KEYS).optional(),
        Key::block("client_auth", BasicClientAuth::KEYS).optional(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("htpasswd", &mut self.htpasswd);
        fields.read("client_auth", &mut self.client_auth);
        match (&self.htpasswd, &self.client_auth) {
            (Some(_), Some(_)) => {
                fields.error(
                    "client_auth",
                    "give htpasswd (for receivers) or client_auth (for exporters), not both",
                );
            }
            (None, None) => {
                fields.error("htpasswd", "give htpasswd (for receivers) or client_auth (for exporters)");
            }
            _ => {}
        }
    }
}

impl Block for Htpasswd {
    const KEYS: &'static [Key] = &[
        Key::new("file", "path", "(none)", "lines of `name:password`; bcrypt, {SHA}, {SSHA} or plain"),
        Key::new("inline", "lines", "(none)", "the same, written here; it counts before the file"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("file", &mut self.file);
        fields.read("inline", &mut self.inline);
        if !fields.has_value("file") && !fields.has_value("inline") {
            fields.error("file", "give file or inline; without either nobody would be let in");
        }
    }
}

impl Block for BasicClientAuth {
    const KEYS: &'static [Key] = &[
        Key::new("username", "name", "(none)", "who we are"),
        Key::new("username_file", "path", "(none)", "the same, in a file; it counts before the other"),
        Key::new("password", "text", "(none)", "our password; never shown"),
        Key::new("password_file", "path", "(none)", "the same, in a file; it counts before the other"),
        Key::refused("aws_secrets_manager", "mount the secret as a file and use password_file"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("username", &mut self.username);
        fields.read("username_file", &mut self.username_file);
        fields.read("password", &mut self.password);
        fields.read("password_file", &mut self.password_file);
        if self.username.contains(':') {
            fields.error("username", "has a colon, which the server would take for the end of the name");
        }
        if self.username.is_empty() && self.username_file.is_none() {
            fields.error("username", "a name is needed; give username or username_file");
        }
    }
}
