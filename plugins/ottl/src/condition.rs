//! A condition, from its text to its answer.

use crate::compile::Compiler;
use crate::compile::node::Test;
use crate::error::Error;
use crate::evaluate::{self, Row};
use crate::fault::Fault;
use crate::paths::{Context, References};
use crate::syntax;

/// A condition that is ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    test: Test,
}

impl Condition {
    /// Reads, checks and compiles a condition. What it reads of the telemetry is noted in `references`.
    ///
    /// # Errors
    /// What is wrong with it, and where: its grammar, a name that there is not or that is not served, or a part that
    /// would fail for every row.
    pub fn new(text: &str, context: Context, references: &mut References) -> Result<Self, Error> {
        let tree = syntax::parse(text)?;
        let test = Compiler { context, references }.test(&tree)?;
        Ok(Self { text: text.to_owned(), test })
    }

    /// Whether it holds for a row.
    ///
    /// # Errors
    /// Where a value is not of the type that the condition takes it for.
    pub fn holds<'a, R: Row<'a>>(&'a self, row: R) -> Result<bool, Fault> {
        evaluate::test(&self.test, row)
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
