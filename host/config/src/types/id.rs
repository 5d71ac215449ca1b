use std::fmt;

/// The name of a component, `type` or `type/name`, as the file writes it: it becomes a metric's label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(String);

impl ComponentId {
    /// Reads `type` or `type/name`. The rules are the Collector's: a type is a letter followed by letters,
    /// digits and underscores; a name has no white space.
    ///
    /// # Errors
    /// A sentence on which half is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (kind, name) = match text.split_once('/') {
            Some((kind, name)) => (kind.trim(), Some(name.trim())),
            None => (text, None),
        };
        let starts_well = kind.starts_with(|first: char| first.is_ascii_alphabetic());
        let goes_on_well = kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !starts_well || !goes_on_well || kind.len() > 63 {
            return Err(format!(
                "`{text}` is no component: a type is a letter followed by letters, digits and underscores"
            ));
        }
        let Some(name) = name else { return Ok(Self(kind.to_owned())) };
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!("`{text}` is no component: after `/` stands a name without white space"));
        }
        Ok(Self(format!("{kind}/{name}")))
    }

    /// What the component is: the part before the slash.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(kind, _)| kind)
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a pipeline carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Data points.
    Metrics,
    /// Log records.
    Logs,
}

impl Signal {
    /// All signals, in the order of the Collector's documentation.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a pipeline: `traces`, `logs/eu`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PipelineId {
    /// What the pipeline carries.
    pub signal: Signal,
    /// What stands after the slash, if anything.
    pub name: Option<String>,
}

impl fmt::Display for PipelineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}/{name}", self.signal),
            None => write!(f, "{}", self.signal),
        }
    }
}

#[cfg(test)]
#[path = "id_tests.rs"]
mod tests;
