//! What we show to whom we send to.

mod oauth2;
mod setter;

use std::sync::Arc;
use std::time::Duration;

use self::oauth2::OAuth2;
pub use self::oauth2::OAuth2Settings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use setter::Setter;
pub use setter::{Ambiguous, HeaderAction, HeaderRule, HeaderSource, HeadersSetterSettings};
use sluice_watched::{Watch, Watched};

use crate::{AuthError, BearerSettings, Credential, NoToken};

/// `basicauth::client_auth`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicClientSettings {
    /// Who we are; no colon in it.
    pub username: Credential,
    /// Our password.
    pub password: Credential,
    /// How often files are looked at; zero: never again.
    pub reload_interval: Duration,
}

/// Completes the headers of requests. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct ClientAuth(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// A header that shows a secret.
    Secret(Arc<Watched<(HeaderName, HeaderValue)>>),
    OAuth2(Arc<OAuth2>),
    Setter(Arc<Setter>),
}

impl ClientAuth {
    /// `basicauth`: a name and a password. `owner` is the place of the settings, for the log. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn basic(owner: &str, settings: BasicClientSettings) -> Result<Self, AuthError> {
        let watch = Watch {
            component: owner.to_owned(),
            what: "credentials",
            interval: settings.reload_interval,
            files: [&settings.username, &settings.password]
                .into_iter()
                .filter_map(Credential::file)
                .collect(),
        };
        Ok(Self(Kind::Secret(Watched::start(watch, move || basic(&settings))?)))
    }

    /// `bearertokenauth`: a token. `owner` is the place of the settings, for the log. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn bearer(owner: &str, settings: BearerSettings) -> Result<Self, AuthError> {
        let name = settings.header_name()?;
        let watched = Watched::start(settings.watch(owner), move || {
            let values = settings.values()?;
            Ok((name.clone(), sensitive(&name, values.first().map_or("", String::as_str))?))
        });
        Ok(Self(Kind::Secret(watched?)))
    }

    /// `headers_setter`: rules for headers. `owner` is the place of the settings, for the log. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn headers_setter(owner: &str, settings: HeadersSetterSettings) -> Result<Self, AuthError> {
        Ok(Self(Kind::Setter(Arc::new(Setter::start(owner, settings)?))))
    }

    /// `oauth2client`: a token from a server of tokens. It is fetched when it is first needed.
    ///
    /// # Errors
    /// When the settings, or what they name, cannot be used.
    pub fn oauth2(settings: &OAuth2Settings) -> Result<Self, AuthError> {
        Ok(Self(Kind::OAuth2(OAuth2::new(settings)?)))
    }

    /// Whether what is shown is a secret, which nobody may see on its way.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match &self.0 {
            Kind::Secret(_) | Kind::OAuth2(_) => true,
            Kind::Setter(setter) => setter.additional().is_some_and(Self::is_secret),
        }
    }

    /// Waits until there is something to show; most have it always.
    ///
    /// # Errors
    /// When there is no token. Trying again can help.
    pub async fn ready(&self) -> Result<(), NoToken> {
        let shown = match &self.0 {
            Kind::Setter(setter) => setter.additional().unwrap_or(self),
            _ => self,
        };
        match &shown.0 {
            Kind::OAuth2(token) => token.ready().await,
            Kind::Secret(_) | Kind::Setter(_) => Ok(()),
        }
    }

    /// Whether it asks for headers of the requests that the data came with.
    #[must_use]
    pub fn reads_senders(&self) -> bool {
        !self.reads().is_empty()
    }

    fn reads(&self) -> &[HeaderName] {
        match &self.0 {
            Kind::Secret(_) | Kind::OAuth2(_) => &[],
            Kind::Setter(setter) => setter.reads(),
        }
    }

    /// What it asks for of a sender's headers, for [`apply`](Self::apply).
    ///
    /// # Errors
    /// When one of the headers is there more than once.
    pub fn sender(&self, headers: &HeaderMap) -> Result<Arc<[Option<HeaderValue>]>, Ambiguous> {
        let read = |name: &HeaderName| {
            let mut values = headers.get_all(name).iter();
            let first = values.next().cloned();
            if values.next().is_some() { Err(Ambiguous(name.clone())) } else { Ok(first) }
        };
        self.reads().iter().map(read).collect()
    }

    /// Completes the headers of a request that carries what a [`sender`](Self::sender) has sent.
    pub fn apply(&self, headers: &mut HeaderMap, sender: &[Option<HeaderValue>]) {
        match &self.0 {
            Kind::Secret(shown) => {
                let (name, value) = &*shown.current();
                headers.insert(name.clone(), value.clone());
            }
            Kind::OAuth2(token) => token.apply(headers),
            Kind::Setter(setter) => {
                if let Some(additional) = setter.additional() {
                    additional.apply(headers, &[]);
                }
                setter.apply(headers, sender);
            }
        }
    }
}

fn basic(settings: &BasicClientSettings) -> Result<(HeaderName, HeaderValue), AuthError> {
    let (username, password) = (settings.username.read()?, settings.password.read()?);
    if username.contains(':') {
        let reason = "has a colon, which the server would take for the end of the name".to_owned();
        return Err(AuthError::Unusable { place: "client_auth::username".to_owned(), reason });
    }
    let encoded = STANDARD.encode(format!("{username}:{password}"));
    Ok((AUTHORIZATION, sensitive(&AUTHORIZATION, &format!("Basic {encoded}"))?))
}

/// A value that is kept out of debug output and of HPACK's tables.
fn sensitive(name: &HeaderName, value: &str) -> Result<HeaderValue, AuthError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| AuthError::Header {
        name: name.to_string(),
        reason: "the value has a character that is not printable ASCII",
    })?;
    value.set_sensitive(true);
    Ok(value)
}
