//! What `htpasswd` writes.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::AuthError;
use crate::secret::same;

/// The highest cost of bcrypt: each step doubles the time, and 16 takes some seconds.
const MAX_BCRYPT_COST: u32 = 16;

/// A password, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Password {
    Bcrypt(String),
    /// SHA-1 of the password and a salt behind it, which may be empty.
    Sha1 {
        digest: Vec<u8>,
        salt: Vec<u8>,
    },
    Plain(String),
}

/// Forms that other programs read and we do not.
const NOT_SERVED: [(&str, &str); 5] = [
    ("$apr1$", "MD5"),
    ("$1$", "MD5"),
    ("$5$", "SHA-256 crypt"),
    ("$6$", "SHA-512 crypt"),
    ("$argon2", "argon2"),
];

/// Reads lines of `name:password`; of two for the same name, the later one counts. `place` is for errors.
pub(super) fn parse(text: &str, place: &str, users: &mut HashMap<String, Password>) -> Result<(), AuthError> {
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at =
            |reason: String| AuthError::Unusable { place: format!("{place}, line {}:", number + 1), reason };
        let Some((name, password)) = line.split_once(':') else {
            return Err(at("is not `name:password`".to_owned()));
        };
        if name.is_empty() || password.is_empty() {
            return Err(at("has no name or no password".to_owned()));
        }
        users.insert(name.to_owned(), Password::parse(password).map_err(at)?);
    }
    Ok(())
}

/// For fuzz targets: whether a file of passwords can be read, and how many names it has.
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn read_passwords(text: &str) -> Result<usize, AuthError> {
    let mut users = HashMap::new();
    parse(text, "passwords", &mut users)?;
    Ok(users.len())
}

impl Password {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, what)) = NOT_SERVED.iter().find(|(prefix, _)| text.starts_with(prefix)) {
            return Err(format!(
                "a password kept by {what} is not served; make it with `htpasswd -B` (bcrypt)"
            ));
        }
        if ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            return bcrypt(text);
        }
        if let Some(encoded) = text.strip_prefix("{SHA}").or_else(|| text.strip_prefix("{SSHA}")) {
            return sha1(encoded);
        }
        Ok(Self::Plain(text.to_owned()))
    }

    /// Whether checking it takes so long that it has to be done elsewhere.
    pub(super) fn is_slow(&self) -> bool {
        matches!(self, Self::Bcrypt(_))
    }

    pub(super) fn matches(&self, shown: &str) -> bool {
        match self {
            Self::Bcrypt(hash) => bcrypt::verify(shown, hash).unwrap_or(false),
            Self::Sha1 { digest, salt } => {
                let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
                context.update(shown.as_bytes());
                context.update(salt);
                same(context.finish().as_ref(), digest)
            }
            Self::Plain(password) => same(password.as_bytes(), shown.as_bytes()),
        }
    }
}

fn bcrypt(text: &str) -> Result<Password, String> {
    let parts: bcrypt::HashParts =
        text.parse().map_err(|_| "begins like bcrypt, and is not complete".to_owned())?;
    if parts.get_cost() > MAX_BCRYPT_COST {
        let cost = parts.get_cost();
        return Err(format!(
            "bcrypt of cost {cost} takes too long to check; at most {MAX_BCRYPT_COST} is served"
        ));
    }
    Ok(Password::Bcrypt(text.to_owned()))
}

fn sha1(encoded: &str) -> Result<Password, String> {
    let mut digest =
        STANDARD.decode(encoded).map_err(|_| "has no base64 behind {SHA} or {SSHA}".to_owned())?;
    let length = SHA1_FOR_LEGACY_USE_ONLY.output_len();
    if digest.len() < length {
        return Err("is too short for SHA-1".to_owned());
    }
    let salt = digest.split_off(length);
    Ok(Password::Sha1 { digest, salt })
}

#[cfg(test)]
#[path = "htpasswd_tests.rs"]
mod tests;
