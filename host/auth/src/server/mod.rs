//! Who may send to us.

mod basic;
mod bearer;
mod htpasswd;

use std::sync::Arc;

use http::HeaderMap;
use sluice_watched::Watched;

pub use basic::BasicServerSettings;
use basic::Users;
use bearer::Accepted;
pub use bearer::{BearerSettings, Tokens};
pub use htpasswd::read_passwords;

use crate::{AuthError, Denied};

/// Decides on requests by their headers. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct ServerAuth(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Basic(Arc<Watched<Users>>),
    Bearer(Arc<Watched<Accepted>>),
}

impl ServerAuth {
    /// `basicauth`: names and passwords. `owner` is the place of the settings, for the log. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn basic(owner: &str, settings: BasicServerSettings) -> Result<Self, AuthError> {
        Ok(Self(Kind::Basic(basic::start(owner, settings)?)))
    }

    /// `bearertokenauth`: tokens. `owner` is the place of the settings, for the log. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn bearer(owner: &str, settings: BearerSettings) -> Result<Self, AuthError> {
        Ok(Self(Kind::Bearer(bearer::start(owner, settings)?)))
    }

    /// What a client that is not let in over HTTP is told to show (RFC 9110, 11.6.1).
    #[must_use]
    pub const fn challenge(&self) -> &'static str {
        match &self.0 {
            Kind::Basic(_) => "Basic realm=\"OTLP\"",
            Kind::Bearer(_) => "Bearer",
        }
    }

    /// Decides on a request.
    ///
    /// # Errors
    /// Says why it is not let in, in words for its sender.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<(), Denied> {
        match &self.0 {
            Kind::Basic(users) => users.current().admit(headers).await,
            Kind::Bearer(accepted) => accepted.current().admit(headers),
        }
    }
}
