//! What is wrong, or doubtful, in a configuration: gathered, then shown together.

pub(crate) mod nearest;

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration cannot run.
    Error,
    /// It runs, but perhaps not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One thing that is wrong or doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the configuration can run all the same.
    pub severity: Severity,
    /// The file, as it was named; or `env:NAME`, or an argument of the command line.
    pub file: String,
    /// The line in it, counted from 1, where known.
    pub line: Option<usize>,
    /// The place in the tree, like `exporters::load_balancing::resolver::dns`; empty for the whole file.
    pub path: String,
    /// What is wrong, and what to do.
    pub message: String,
    /// The known word that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, OneLine(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.path.is_empty() {
            write!(f, ": {}", OneLine(&self.path))?;
        }
        write!(f, ": {}", OneLine(&self.message))?;
        match &self.suggestion {
            Some(word) => write!(f, "; did you mean `{}`?", OneLine(word)),
            None => Ok(()),
        }
    }
}

/// Text from a file, which must not break the line or steer a terminal.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        Ok(())
    }
}

/// Findings in the order of the sources and of their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Each with the number of its source.
    list: Vec<(usize, Finding)>,
}

impl Findings {
    /// Puts what was found in order; each finding comes with the number of its source.
    pub(crate) fn new(mut list: Vec<(usize, Finding)>) -> Self {
        list.sort_by_key(|(source, finding)| (*source, finding.line));
        Self { list }
    }

    /// Both in one order.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self::new(self.list.into_iter().chain(others.list).collect())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter().map(|(_, finding)| finding)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many keep the configuration from running.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

/// One line for each finding, without a line break at the end.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, finding) in self.iter().enumerate() {
            let line_break = if number == 0 { "" } else { "\n" };
            write!(f, "{line_break}{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
