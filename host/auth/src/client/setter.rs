use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue};
use sluice_watched::{Watch, Watched};
use thiserror::Error;

use super::{ClientAuth, sensitive};
use crate::{AuthError, Credential};

/// `headers_setter`.
#[derive(Clone, Debug)]
pub struct HeadersSetterSettings {
    /// In the order in which they are applied.
    pub rules: Vec<HeaderRule>,
    /// What completes the headers first; no rules of its own.
    pub additional: Option<ClientAuth>,
    /// How often files are looked at; zero: never again.
    pub reload_interval: Duration,
}

/// What happens to one header of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRule {
    /// Its name.
    pub key: String,
    /// What happens to it.
    pub action: HeaderAction,
}

/// What can happen to a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderAction {
    /// It is set where it is not there.
    Insert(HeaderSource),
    /// It is set where it is there.
    Update(HeaderSource),
    /// It is set.
    Upsert(HeaderSource),
    /// It is taken away.
    Delete,
}

/// Where a header's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderSource {
    /// The same for all requests.
    Value(Credential),
    /// A header of the request that the data came with.
    FromContext {
        /// Its name.
        header: String,
        /// What stands for it where it was not there; an empty value, as in the Collector, when `None`.
        default: Option<Credential>,
    },
}

/// A sender had a header more than once that is to be sent on: which of them was meant is not for us to guess.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[error("the request has more than one header {0:?}, of which one is to be sent on")]
pub struct Ambiguous(pub HeaderName);

/// Rules that can be applied.
pub(super) struct Setter {
    rules: Arc<Watched<Vec<Rule>>>,
    /// The headers of senders that they ask for.
    reads: Vec<HeaderName>,
    additional: Option<ClientAuth>,
}

struct Rule {
    name: HeaderName,
    action: Action,
}

enum Action {
    Insert(Source),
    Update(Source),
    Upsert(Source),
    Delete,
}

enum Source {
    Value(HeaderValue),
    Sender {
        /// In what the rules read.
        position: usize,
        default: HeaderValue,
    },
}

impl Setter {
    pub(super) fn start(owner: &str, settings: HeadersSetterSettings) -> Result<Self, AuthError> {
        let mut reads = Vec::new();
        for rule in &settings.rules {
            if let Some(HeaderSource::FromContext { header, .. }) = rule.action.source() {
                let name = header_name(header)?;
                if !reads.contains(&name) {
                    reads.push(name);
                }
            }
        }
        let sources = settings.rules.iter().filter_map(|rule| rule.action.source());
        let watch = Watch {
            component: owner.to_owned(),
            what: "header values",
            interval: settings.reload_interval,
            files: sources.filter_map(HeaderSource::file).collect(),
        };
        let order = reads.clone();
        let additional = settings.additional.clone();
        let rules = Watched::start(watch, move || {
            settings.rules.iter().map(|rule| Rule::read(rule, &order)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Self { rules, reads, additional })
    }

    pub(super) fn additional(&self) -> Option<&ClientAuth> {
        self.additional.as_ref()
    }

    pub(super) fn reads(&self) -> &[HeaderName] {
        &self.reads
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap, sender: &[Option<HeaderValue>]) {
        for Rule { name, action } in self.rules.current().iter() {
            match action {
                Action::Insert(source) => {
                    if let Entry::Vacant(vacant) = headers.entry(name) {
                        vacant.insert(source.value(sender));
                    }
                }
                Action::Update(source) => {
                    if let Entry::Occupied(mut occupied) = headers.entry(name) {
                        occupied.insert(source.value(sender));
                    }
                }
                Action::Upsert(source) => {
                    headers.insert(name.clone(), source.value(sender));
                }
                Action::Delete => {
                    headers.remove(name);
                }
            }
        }
    }
}

impl HeaderAction {
    fn source(&self) -> Option<&HeaderSource> {
        match self {
            Self::Insert(source) | Self::Update(source) | Self::Upsert(source) => Some(source),
            Self::Delete => None,
        }
    }
}

impl HeaderSource {
    fn file(&self) -> Option<std::path::PathBuf> {
        match self {
            Self::Value(value) => value.file(),
            Self::FromContext { default, .. } => default.as_ref().and_then(Credential::file),
        }
    }
}

impl Rule {
    fn read(rule: &HeaderRule, reads: &[HeaderName]) -> Result<Self, AuthError> {
        let name = header_name(&rule.key)?;
        let read = |source: &HeaderSource| Source::read(source, &name, reads);
        let action = match &rule.action {
            HeaderAction::Insert(source) => Action::Insert(read(source)?),
            HeaderAction::Update(source) => Action::Update(read(source)?),
            HeaderAction::Upsert(source) => Action::Upsert(read(source)?),
            HeaderAction::Delete => Action::Delete,
        };
        Ok(Self { name, action })
    }
}

impl Source {
    fn read(source: &HeaderSource, name: &HeaderName, reads: &[HeaderName]) -> Result<Self, AuthError> {
        Ok(match source {
            HeaderSource::Value(value) => Self::Value(sensitive(name, &value.read()?)?),
            HeaderSource::FromContext { header, default } => Self::Sender {
                position: reads
                    .iter()
                    .position(|read| read.as_str().eq_ignore_ascii_case(header))
                    .unwrap_or(reads.len()),
                default: sensitive(
                    name,
                    &default.as_ref().map(Credential::read).transpose()?.unwrap_or_default(),
                )?,
            },
        })
    }

    fn value(&self, sender: &[Option<HeaderValue>]) -> HeaderValue {
        match self {
            Self::Value(value) => value.clone(),
            Self::Sender { position, default } => {
                sender.get(*position).and_then(Option::as_ref).unwrap_or(default).clone()
            }
        }
    }
}

fn header_name(name: &str) -> Result<HeaderName, AuthError> {
    let parsed = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes());
    parsed.map_err(|_| AuthError::Header { name: name.to_owned(), reason: "it is no name of a header" })
}

impl fmt::Debug for Setter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setter").field("rules", &self.rules).field("reads", &self.reads).finish()
    }
}
