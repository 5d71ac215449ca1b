//! What stands beside the pipelines.

mod basic_auth;
mod bearer_token_auth;
mod header;
mod headers_setter;
mod health_check;

pub use basic_auth::{BasicAuth, BasicClientAuth, Htpasswd};
pub use bearer_token_auth::BearerTokenAuth;
pub use headers_setter::{HeaderAction, HeaderRule, HeadersSetter};
pub use health_check::HealthCheck;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// An extension of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtensionConfig {
    /// Answers probes.
    HealthCheck(HealthCheck),
    /// Names and passwords.
    BasicAuth(BasicAuth),
    /// Tokens.
    BearerTokenAuth(BearerTokenAuth),
    /// Rules for headers.
    HeadersSetter(HeadersSetter),
}

impl Component for ExtensionConfig {
    const SECTION: &'static Section = &boundary::EXTENSIONS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "health_check" => {
                let mut health_check = HealthCheck::default();
                health_check.read(node);
                Some(Self::HealthCheck(health_check))
            }
            "basicauth" | "basic_auth" => {
                let mut basic_auth = BasicAuth::default();
                basic_auth.read(node);
                Some(Self::BasicAuth(basic_auth))
            }
            "bearertokenauth" | "bearer_token_auth" => {
                let mut bearer_token_auth = BearerTokenAuth::default();
                bearer_token_auth.read(node);
                Some(Self::BearerTokenAuth(bearer_token_auth))
            }
            "headers_setter" => {
                let mut headers_setter = HeadersSetter::default();
                headers_setter.read(node);
                Some(Self::HeadersSetter(headers_setter))
            }
            _ => None,
        }
    }
}
