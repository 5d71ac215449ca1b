use crate::components::tls::ServerTls;
use crate::decode::{Block, Fields, Key};
use crate::types::listen::Listen;

/// The `health_check` extension.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// Where it listens.
    pub endpoint: Listen,
    /// A path that answers like `/health` does.
    pub path: String,
    /// TLS, where probes speak it.
    pub tls: Option<ServerTls>,
    /// What is answered in place of a report.
    pub response_body: ResponseBody,
}

/// `response_body`: without a text the report is answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseBody {
    /// While all is well.
    pub healthy: Option<String>,
    /// While it is not.
    pub unhealthy: Option<String>,
}

impl Block for ResponseBody {
    const KEYS: &'static [Key] = &[
        Key::new(
            "healthy",
            "text",
            "(none)",
            "the body of an answer while all is well, in place of a report",
        ),
        Key::new("unhealthy", "text", "(none)", "the body of an answer while it is not"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("healthy", &mut self.healthy);
        fields.read("unhealthy", &mut self.unhealthy);
    }
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            endpoint: Listen::by_default("localhost", 13_133),
            path: "/".to_owned(),
            tls: None,
            response_body: ResponseBody::default(),
        }
    }
}

impl Block for HealthCheck {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "address", "localhost:13133", "where probes are answered"),
        Key::new("path", "path", "/", "answers like `/health`; `/health` and `/ready` are always there"),
        Key::block("tls", ServerTls::KEYS).optional(),
        Key::block("response_body", ResponseBody::KEYS),
        Key::inert("check_collector_pipeline", "a failing backend is nothing that a restart cures"),
        Key::refused(
            "auth",
            "probes have no password; with `tls` and `client_ca_file` they show a certificate",
        ),
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
        fields.read("tls", &mut self.tls);
        fields.read("response_body", &mut self.response_body);
        if !self.path.starts_with('/') {
            fields.error("path", format!("`{}` is no path; it starts with `/`", self.path));
        }
    }
}
