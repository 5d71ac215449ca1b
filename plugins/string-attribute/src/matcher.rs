//! Whether a text is one that is looked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use sluice_go_pattern::Regex;

use crate::cache::Cache;

/// How many texts are remembered where the settings do not say, as in the Collector.
const DEFAULT_CACHED: usize = 128;

/// What a text is compared with.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// It is one of these.
    Values(BTreeSet<Vec<u8>>),
    /// One of these is found in it.
    Patterns { patterns: Vec<Regex>, cache: RefCell<Cache> },
}

impl Matcher {
    /// An empty text is none that could be looked for.
    pub(crate) fn of_values(values: &[String]) -> Self {
        let values = values.iter().filter(|value| !value.is_empty());
        Self::Values(values.map(|value| value.as_bytes().to_vec()).collect())
    }

    /// # Errors
    /// Which pattern is wrong, and what is wrong with it.
    pub(crate) fn of_patterns(patterns: &[String], cached: i64) -> Result<Self, String> {
        let compile = |pattern: &String| {
            sluice_go_pattern::compile(pattern)
                .map_err(|error| format!("values: `{pattern}` is no pattern: {error}"))
        };
        let patterns = patterns.iter().map(compile).collect::<Result<_, _>>()?;
        let cached = usize::try_from(cached).ok().filter(|cached| *cached > 0).unwrap_or(DEFAULT_CACHED);
        Ok(Self::Patterns { patterns, cache: RefCell::new(Cache::new(cached)) })
    }

    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Values(values) => values.contains(text),
            Self::Patterns { patterns, cache } => cache.borrow_mut().get_or(text, || {
                let text = String::from_utf8_lossy(text);
                patterns.iter().any(|pattern| pattern.is_match(&text))
            }),
        }
    }
}
