use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use prometheus_client::metrics::counter::Counter;
use thiserror::Error;

use crate::metrics::PluginMetrics;

/// Names of counters a plugin: each is a time series, and those cost whoever stores them.
const MAX_NAMES: usize = 64;
/// Bytes of a counter's name.
const MAX_NAME_BYTES: usize = 64;

/// The counters that a plugin named.
#[derive(Debug)]
pub(super) struct Counters {
    plugin: String,
    metrics: PluginMetrics,
    // Read on every addition, written once a name.
    known: RwLock<HashMap<String, Counter>>,
}

/// Why a counter was not counted.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum Refusal {
    #[error(
        "a counter's name has 1 to {MAX_NAME_BYTES} letters, digits and any of `_.-`; this is not counted"
    )]
    Name,
    #[error("a plugin has at most {MAX_NAMES} counters; further ones are not counted")]
    TooMany,
}

impl Counters {
    pub(super) fn new(plugin: &str, metrics: &PluginMetrics) -> Self {
        Self { plugin: plugin.to_owned(), metrics: metrics.clone(), known: RwLock::default() }
    }

    pub(super) fn add(&self, name: &str, by: u64) -> Result<(), Refusal> {
        if let Some(counter) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            counter.inc_by(by);
            return Ok(());
        }
        if !is_valid(name) {
            return Err(Refusal::Name);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_NAMES && !known.contains_key(name) {
            return Err(Refusal::TooMany);
        }
        let counter =
            known.entry(name.to_owned()).or_insert_with(|| self.metrics.counter(&self.plugin, name));
        counter.inc_by(by);
        Ok(())
    }
}

fn is_valid(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
#[path = "counters_tests.rs"]
mod tests;
