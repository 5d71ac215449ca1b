use crate::decode::{Block, Fields, Key};
use crate::types::listen::Listen;

/// The `health_check` extension.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// Where it listens.
    pub endpoint: Listen,
    /// A path that answers like `/health` does.
    pub path: String,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self { endpoint: Listen::by_default("localhost", 13_133), path: "/".to_owned() }
    }
}

impl Block for HealthCheck {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "address", "localhost:13133", "where probes are answered"),
        Key::new("path", "path", "/", "answers like `/health`; `/health` and `/ready` are always there"),
        Key::inert("check_collector_pipeline", "a failing backend is nothing that a restart cures"),
        Key::refused("response_body", "the body says what is the matter"),
        Key::refused("tls", "TLS for probes comes with a later release"),
        Key::refused("auth", "authentication comes with a later release"),
        Key::refused("cors", "no script of another site is let in"),
        Key::refused("response_headers", "an answer has no headers but its own"),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
        Key::inert("max_request_body_size", "the body of a probe is not read"),
        Key::inert("compression_algorithms", "the body of a probe is not read"),
        Key::inert("include_metadata", "the headers of a probe are not read"),
        Key::inert("read_timeout", "a probe has 30s in all"),
        Key::inert("read_header_timeout", "a probe has 10s for its headers"),
        Key::inert("write_timeout", "a probe has 30s in all"),
        Key::inert("idle_timeout", "a connection has one probe"),
        Key::inert("keep_alives_enabled", "a connection has one probe"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("path", &mut self.path);
        if !self.path.starts_with('/') {
            fields.error("path", format!("`{}` is no path; it starts with `/`", self.path));
        }
    }
}
