use std::path::PathBuf;

use super::header::check_header;
use crate::decode::{Block, Fields, Key};
use crate::types::secret::Secret;

/// The `bearertokenauth` extension, for receivers and exporters.
#[derive(Clone, Debug, PartialEq)]
pub struct BearerTokenAuth {
    /// The header that has the token.
    pub header: String,
    /// What stands before the token.
    pub scheme: String,
    /// The token; `tokens` and `filename` count before it.
    pub token: Option<Secret>,
    /// Tokens of which a receiver takes any, and an exporter shows the first.
    pub tokens: Vec<Secret>,
    /// A file of tokens, one a line; it counts before the others.
    pub filename: Option<PathBuf>,
}

impl Default for BearerTokenAuth {
    fn default() -> Self {
        Self {
            header: "Authorization".to_owned(),
            scheme: "Bearer".to_owned(),
            token: None,
            tokens: Vec::new(),
            filename: None,
        }
    }
}

impl Block for BearerTokenAuth {
    const KEYS: &'static [Key] = &[
        Key::new("header", "name", "Authorization", "the header that has the token"),
        Key::new("scheme", "word", "Bearer", "stands before the token"),
        Key::new("token", "text", "(none)", "the token; never shown"),
        Key::new("tokens", "list of text", "[]", "a receiver takes any, an exporter shows the first"),
        Key::new("filename", "path", "(none)", "a file of tokens, one a line; it counts before the others"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("header", &mut self.header);
        fields.read("scheme", &mut self.scheme);
        fields.read("token", &mut self.token);
        fields.read("tokens", &mut self.tokens);
        fields.read("filename", &mut self.filename);
        let has_token = fields.has_value("token");
        let has_tokens = !self.tokens.is_empty();
        if !has_token && !has_tokens && self.filename.is_none() {
            fields.error("token", "no bearer token provided; give token, tokens or filename");
        }
        if has_token && has_tokens {
            fields.error("tokens", "give token or tokens, not both");
        }
        if self.filename.is_some() && (has_token || has_tokens) {
            fields.warning("filename", "counts before the token that is written here");
        }
        check_header(fields, "header", &self.header);
    }
}
