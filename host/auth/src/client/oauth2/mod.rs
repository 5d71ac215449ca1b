//! `oauth2client`: a token from a server of tokens, by the flow of client credentials (RFC 6749, 4.4).
//!
//! A token is fetched when the first request needs one, and again some time before it expires; requests go on with the old
//! one meanwhile. However many requests wait, one asks. A server that fails is left alone for a moment.

mod answer;
mod fetch;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sluice_tls::ClientTls;
use tokio::sync::{Mutex, OwnedMutexGuard};

use self::fetch::Server;
use self::token::Token;
use crate::{AuthError, Credential, NoToken};

/// `oauth2client`.
#[derive(Clone, Debug)]
pub struct OAuth2Settings {
    /// Who we are. A file is read for each token.
    pub client_id: Credential,
    /// Our secret.
    pub client_secret: Credential,
    /// Where tokens are asked for, `https://host/path`.
    pub token_url: String,
    /// What the token is to be good for.
    pub scopes: Vec<String>,
    /// More parameters of the request, each with its values.
    pub endpoint_params: Vec<(String, Vec<String>)>,
    /// How long a request for a token may take; zero: without end.
    pub timeout: Duration,
    /// So long before it expires a token is fetched anew.
    pub expiry_buffer: Duration,
    /// Whom to trust.
    pub tls: ClientTls,
}

/// Holds a token that is good.
pub(super) struct OAuth2 {
    server: Server,
    timeout: Duration,
    expiry_buffer: Duration,
    current: ArcSwapOption<Token>,
    turn: Arc<Mutex<Option<Failure>>>,
}

/// The last attempt, when it failed.
struct Failure {
    at: Instant,
    error: NoToken,
}

/// A server that has failed is not asked again for so long.
const PAUSE: Duration = Duration::from_secs(1);

impl OAuth2 {
    pub(super) fn new(settings: &OAuth2Settings) -> Result<Arc<Self>, AuthError> {
        Ok(Arc::new(Self {
            server: Server::new(settings)?,
            timeout: settings.timeout,
            expiry_buffer: settings.expiry_buffer,
            current: ArcSwapOption::empty(),
            turn: Arc::default(),
        }))
    }

    /// Sees to it that there is a token, and waits for one where there is none that is good.
    pub(super) async fn ready(self: &Arc<Self>) -> Result<(), NoToken> {
        let now = Instant::now();
        let is_good = match self.current.load().as_deref() {
            Some(token) if !token.is_due(now) => return Ok(()),
            Some(token) => !token.is_over(now),
            None => false,
        };
        let turn = Arc::clone(&self.turn);
        if is_good {
            // One sees to the next token; the others need not wait for it, nor does it.
            if let Ok(turn) = turn.try_lock_owned() {
                tokio::spawn(Arc::clone(self).renew(turn));
            }
            return Ok(());
        }
        let turn = turn.lock_owned().await;
        // In a task of its own: a request that gives up leaves the token to the others.
        let renewed = tokio::spawn(Arc::clone(self).renew(turn)).await;
        renewed.unwrap_or_else(|error| Err(NoToken(error.to_string())))
    }

    async fn renew(self: Arc<Self>, mut turn: OwnedMutexGuard<Option<Failure>>) -> Result<(), NoToken> {
        let now = Instant::now();
        if self.current.load().as_deref().is_some_and(|token| !token.is_due(now)) {
            return Ok(());
        }
        if let Some(failure) = turn.as_ref().filter(|failure| now < failure.at + PAUSE) {
            return Err(failure.error.clone());
        }
        let fetched = if self.timeout.is_zero() {
            self.server.fetch().await
        } else {
            let none = |_elapsed| Err(NoToken(format!("no answer within {:?}", self.timeout)));
            tokio::time::timeout(self.timeout, self.server.fetch()).await.unwrap_or_else(none)
        };
        let now = Instant::now();
        let token = fetched.and_then(|answer| Token::new(&answer, now, self.expiry_buffer));
        match token {
            Ok(token) => {
                self.current.store(Some(Arc::new(token)));
                *turn = None;
                Ok(())
            }
            Err(error) => {
                tracing::warn!(token_url = self.server.url(), %error, "no token was given");
                *turn = Some(Failure { at: now, error: error.clone() });
                Err(error)
            }
        }
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        if let Some(token) = self.current.load().as_deref() {
            headers.insert(AUTHORIZATION, token.shown().clone());
        }
    }
}

impl fmt::Debug for OAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2").field("token_url", &self.server.url()).finish_non_exhaustive()
    }
}
