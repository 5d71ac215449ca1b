//! Where values stand in the files that a configuration is made of.

use std::collections::HashMap;

/// A value's file and line, and those of the values in it. What an alias stands for has the alias's line.
pub(crate) struct Spot {
    /// The number of the source, counted from 0.
    pub(crate) source: usize,
    pub(crate) line: usize,
    pub(crate) inside: Inside,
}

/// What is known of the values inside another.
pub(crate) enum Inside {
    Nothing,
    List(Vec<Spot>),
    Map(HashMap<String, Spot>),
}

/// A place in the tree: its path, its file and line, and the way further down as far as the file shows it.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) path: String,
    pub(crate) source: usize,
    pub(crate) line: Option<usize>,
    spot: Option<&'a Spot>,
}

impl<'a> Place<'a> {
    /// The whole configuration.
    pub(crate) fn root(layout: &'a Spot) -> Self {
        Self { path: String::new(), source: layout.source, line: None, spot: Some(layout) }
    }

    /// The value under a key.
    pub(crate) fn key(&self, key: &str) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}::{key}", self.path) };
        let spot = match self.spot.map(|spot| &spot.inside) {
            Some(Inside::Map(entries)) => entries.get(key),
            _ => None,
        };
        self.further(path, spot)
    }

    /// An item of a list.
    pub(crate) fn item(&self, number: usize) -> Self {
        let spot = match self.spot.map(|spot| &spot.inside) {
            Some(Inside::List(items)) => items.get(number),
            _ => None,
        };
        self.further(format!("{}[{number}]", self.path), spot)
    }

    /// The value under a key, or an item of a list where the step is like `[0]`.
    pub(crate) fn step(&self, step: &str) -> Self {
        let number = step.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::parse);
        match number {
            Some(Ok(number)) => self.item(number),
            _ => self.key(step),
        }
    }

    /// Where the file does not show the place itself, the line is that of what is around it.
    fn further(&self, path: String, spot: Option<&'a Spot>) -> Self {
        Self {
            path,
            source: spot.map_or(self.source, |spot| spot.source),
            line: spot.map(|spot| spot.line).or(self.line),
            spot,
        }
    }
}
