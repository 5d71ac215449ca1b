use std::fmt;

use thiserror::Error;
use wasmtime::Trap;

use crate::text;

/// How a call of a plugin failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}: {message}")]
pub struct Failure {
    /// The kind, for metrics.
    pub reason: FailureReason,
    /// For people.
    pub message: String,
}

/// The kinds of failure; `reason` in `sluice_plugin_errors_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureReason {
    /// The plugin answered with an error of its own.
    Error,
    /// The call ran past its deadline.
    Deadline,
    /// The guest trapped: it panicked, divided by zero, overran its stack.
    Trap,
    /// The guest trapped after it was refused more memory.
    Memory,
    /// What it answered breaks the contract.
    Contract,
    /// A single row is larger than what a call may carry.
    TooLarge,
    /// No instance could be made.
    Instance,
    /// The plugin was not called, since it wasted too much time before.
    Backoff,
}

impl FailureReason {
    /// All of them, in the order of their declaration.
    pub(crate) const ALL: [Self; 8] = [
        Self::Error,
        Self::Deadline,
        Self::Trap,
        Self::Memory,
        Self::Contract,
        Self::TooLarge,
        Self::Instance,
        Self::Backoff,
    ];

    /// The label's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Deadline => "deadline",
            Self::Trap => "trap",
            Self::Memory => "memory",
            Self::Contract => "contract",
            Self::TooLarge => "too_large",
            Self::Instance => "instance",
            Self::Backoff => "backoff",
        }
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Failure {
    pub(crate) fn new(reason: FailureReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    /// The plugin's own error, which is text from a stranger.
    pub(crate) fn from_guest(message: &str) -> Self {
        Self::new(FailureReason::Error, text::for_people(message))
    }

    /// Whether the guest came back in order, with an error in its own words.
    pub(crate) fn is_the_guests_own(&self) -> bool {
        self.reason == FailureReason::Error
    }

    /// What the engine says of a call that did not come back.
    pub(super) fn from_engine(error: &wasmtime::Error, memory_was_refused: bool) -> Self {
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Self::new(FailureReason::Deadline, "the call ran past its deadline"),
            Some(_) if memory_was_refused => {
                Self::new(FailureReason::Memory, "it needs more memory than it may have")
            }
            Some(trap) => Self::new(FailureReason::Trap, trap.to_string()),
            // The engine could not read the answer out of the guest's memory.
            None => Self::new(FailureReason::Contract, text::for_people(&format!("{error:#}"))),
        }
    }
}
