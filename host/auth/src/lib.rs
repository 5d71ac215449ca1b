//! The Collector's extensions `basicauth`, `bearertokenauth`, `oauth2client` and `headers_setter`: [`ServerAuth`] says who
//! may send to us, [`ClientAuth`] what we show to whom we send to.
//!
//! Neighbours: `sluice-watched` reads files again; `sluice-tls` leads to the servers of tokens; `sluice-receiver` asks before it reads a request's body, and
//! `sluice-exporter` has each request's headers completed.
//!
//! Invariants:
//! - No error, log line or debug output has a secret, neither ours nor what a client has sent.
//! - Secrets are compared in a time that does not depend on them.
//! - Passwords that are slow to check (bcrypt) are checked away from the threads that do I/O, few at a time.

mod client;
mod error;
mod secret;
mod server;

pub use client::{
    Ambiguous, BasicClientSettings, ClientAuth, HeaderAction, HeaderRule, HeaderSource,
    HeadersSetterSettings, OAuth2Settings,
};
pub use error::{AuthError, Denied, NoToken};
pub use secret::{Credential, DEFAULT_RELOAD_INTERVAL};
#[doc(hidden)]
pub use server::read_passwords;
pub use server::{BasicServerSettings, BearerSettings, ServerAuth, Tokens};
