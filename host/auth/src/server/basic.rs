use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sluice_watched::{Watch, Watched};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::htpasswd::{Password, parse};
use crate::secret::read_text;
use crate::{AuthError, Denied};

/// `basicauth::htpasswd`.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicServerSettings {
    /// A file of lines `name:password`.
    pub file: Option<PathBuf>,
    /// The same, written into the configuration; it counts where both have a name.
    pub inline: Option<String>,
    /// How often the file is looked at; zero: never again.
    pub reload_interval: Duration,
}

/// Slow passwords that are checked at a time: wrong ones must not take all of the machine.
const CHECKS: usize = 1;

/// How long a request may wait for its password to be checked.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest credentials that are looked at.
const MAX_BYTES: usize = 4096;

/// Who is let in.
pub(super) struct Users {
    passwords: HashMap<String, Password>,
    /// A keyed hash of each slow password that was found right, by name: the next request does not pay for it again.
    right: Mutex<HashMap<String, blake3::Hash>>,
    key: [u8; 32],
    checks: Arc<Semaphore>,
}

pub(super) fn start(owner: &str, settings: BasicServerSettings) -> Result<Arc<Watched<Users>>, AuthError> {
    let watch = Watch {
        component: owner.to_owned(),
        what: "passwords",
        interval: settings.reload_interval,
        files: settings.file.iter().cloned().collect(),
    };
    // One for all: new passwords are not a way around the bound.
    let checks = Arc::new(Semaphore::new(CHECKS));
    Watched::start(watch, move || Users::read(&settings, checks.clone()))
}

impl Users {
    fn read(settings: &BasicServerSettings, checks: Arc<Semaphore>) -> Result<Self, AuthError> {
        let mut passwords = HashMap::new();
        if let Some(path) = &settings.file {
            parse(&read_text(path)?, &format!("htpasswd::file {}", path.display()), &mut passwords)?;
        }
        if let Some(text) = &settings.inline {
            parse(text, "htpasswd::inline", &mut passwords)?;
        }
        if passwords.is_empty() {
            let reason = "has no line, so that nobody would be let in".to_owned();
            return Err(AuthError::Unusable { place: "htpasswd".to_owned(), reason });
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| AuthError::Unusable {
            place: "htpasswd".to_owned(),
            reason: format!("cannot be used: the system has no randomness ({error})"),
        })?;
        Ok(Self { passwords, right: Mutex::default(), key, checks })
    }

    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let (name, shown) = shown(headers)?;
        let password = self.passwords.get(&name).ok_or(Denied::Wrong)?;
        let is_right = if password.is_slow() {
            self.is_right_slowly(&name, &shown, password).await?
        } else {
            password.matches(&shown)
        };
        if is_right { Ok(()) } else { Err(Denied::Wrong) }
    }

    async fn is_right_slowly(&self, name: &str, shown: &str, password: &Password) -> Result<bool, Denied> {
        let hash = blake3::keyed_hash(&self.key, shown.as_bytes());
        if self.right().get(name) == Some(&hash) {
            return Ok(true);
        }
        let checks = Arc::clone(&self.checks);
        let Ok(Ok(check)) = timeout(PATIENCE, checks.acquire_owned()).await else { return Err(Denied::Busy) };
        // Another request may have paid for it while this one has waited.
        if self.right().get(name) == Some(&hash) {
            return Ok(true);
        }
        let (password, shown) = (password.clone(), shown.to_owned());
        let checking = tokio::task::spawn_blocking(move || {
            let is_right = password.matches(&shown);
            drop(check);
            is_right
        });
        let is_right = checking.await.unwrap_or(false);
        if is_right {
            self.right().insert(name.to_owned(), hash);
        }
        Ok(is_right)
    }

    fn right(&self) -> std::sync::MutexGuard<'_, HashMap<String, blake3::Hash>> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name and the password that a request shows (RFC 7617).
fn shown(headers: &HeaderMap) -> Result<(String, String), Denied> {
    let value = headers.get(AUTHORIZATION).ok_or(Denied::Missing)?;
    let text = value.to_str().map_err(|_| Denied::Malformed)?;
    let (scheme, encoded) = text.split_once(' ').ok_or(Denied::Malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_BYTES {
        return Err(Denied::Malformed);
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| Denied::Malformed)?;
    let decoded = String::from_utf8(decoded).map_err(|_| Denied::Malformed)?;
    let (name, password) = decoded.split_once(':').ok_or(Denied::Malformed)?;
    Ok((name.to_owned(), password.to_owned()))
}

impl fmt::Debug for BasicServerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicServerSettings").field("file", &self.file).finish_non_exhaustive()
    }
}
