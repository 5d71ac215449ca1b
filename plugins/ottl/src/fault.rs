//! What goes wrong when a condition is evaluated.

use std::fmt;

/// An error of an evaluation. Costs no allocation: there may be one for every span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub kind: FaultKind,
    /// Where, in bytes from the start of the condition.
    pub at: usize,
}

/// The kinds of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A value of another type was wanted.
    Type {
        /// Which.
        wanted: &'static str,
        /// What came.
        found: &'static str,
    },
    /// A calculation for which these types have no rule.
    Calculation {
        /// The type on the left.
        left: &'static str,
        /// The type on the right.
        right: &'static str,
    },
    /// A division by 0.
    DivisionByZero,
    /// A list is not that long.
    OutOfBounds(i64),
    /// A type that has no keys, or not such keys.
    NoKeys(&'static str),
    /// Anything else.
    Invalid(&'static str),
}

impl FaultKind {
    pub(crate) fn at(self, at: usize) -> Fault {
        Fault { kind: self, at }
    }
}

impl Fault {
    /// The column of its place, from 1.
    #[must_use]
    pub fn column(&self, condition: &str) -> usize {
        crate::error::column(condition, self.at)
    }

    /// The fault with its column, the part of the condition around it, and a mark below the place.
    #[must_use]
    pub fn explain(&self, condition: &str) -> String {
        crate::error::explain(condition, self.at, &self.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FaultKind::Type { wanted, found } => write!(f, "{wanted} is wanted, and this is {found}"),
            FaultKind::Calculation { left, right } => {
                write!(f, "there is no such calculation with {left} and {right}")
            }
            FaultKind::DivisionByZero => f.write_str("a division by 0"),
            FaultKind::OutOfBounds(index) => write!(f, "the list has no index {index}"),
            FaultKind::NoKeys(of) => write!(f, "{of} has no such key"),
            FaultKind::Invalid(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Fault {}
