//! What stands beside the pipelines.

mod basic_auth;
mod bearer_token_auth;
mod header;
mod headers_setter;
mod health_check;
mod oauth2_client;

pub use basic_auth::{BasicAuth, BasicClientAuth, Htpasswd};
pub use bearer_token_auth::BearerTokenAuth;
pub use headers_setter::{HeaderAction, HeaderRule, HeadersSetter};
pub use health_check::{HealthCheck, ResponseBody};
pub use oauth2_client::OAuth2Client;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// An extension of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtensionConfig {
    /// Answers probes.
    HealthCheck(Box<HealthCheck>),
    /// Names and passwords.
    BasicAuth(BasicAuth),
    /// Tokens.
    BearerTokenAuth(BearerTokenAuth),
    /// Tokens from a server of tokens.
    OAuth2Client(Box<OAuth2Client>),
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
                Some(Self::HealthCheck(Box::new(health_check)))
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
            "oauth2client" | "oauth2_client" => {
                let mut oauth2_client = OAuth2Client::default();
                oauth2_client.read(node);
                Some(Self::OAuth2Client(Box::new(oauth2_client)))
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
