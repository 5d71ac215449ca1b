use std::cmp::max;

use sluice_exporter::Undelivered;
use sluice_otlp::Part;
use sluice_pipeline::{Accepted, Reason, Refusal};

/// Different messages of a joined refusal; the rest is of the same kind.
const MESSAGES: usize = 4;

/// What all parts of one attempt came to. Pure.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Items that were rejected for good.
    pub(crate) accepted: Accepted,
    /// Exactly what was not delivered and may be sent again.
    pub(crate) left: Vec<Part>,
    /// Why; there is one whenever something is left.
    pub(crate) refusal: Option<Refusal>,
    /// Whether anything was taken: sending the whole again would then duplicate it.
    pub(crate) taken: bool,
}

impl Gathered {
    /// Adds what one part came to.
    pub(crate) fn add(&mut self, outcome: Result<Accepted, Undelivered>) {
        match outcome {
            Ok(accepted) => {
                self.taken = true;
                self.accept(accepted);
            }
            Err(Undelivered { parts, refusal, accepted }) => {
                self.accept(accepted);
                if refusal.reason.is_retryable() {
                    self.left.extend(parts);
                    self.refuse(refusal);
                } else {
                    let items = parts.iter().map(|part| u64::from(part.items)).sum();
                    self.accept(Accepted::partly(items, refusal.message));
                }
            }
        }
    }

    fn accept(&mut self, accepted: Accepted) {
        self.accepted = std::mem::take(&mut self.accepted).and(accepted);
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusal = Some(match self.refusal.take() {
            Some(before) => join(before, refusal),
            None => refusal,
        });
    }
}

/// One refusal for two failures: it waits for the slower, and is overload only if both are.
pub(crate) fn join(mut first: Refusal, second: Refusal) -> Refusal {
    if first.reason != second.reason {
        first.reason = Reason::Unavailable;
    }
    first.retry_after = max(first.retry_after, second.retry_after);
    let known = first.message.split("; ").any(|message| message == second.message);
    if !known && first.message.split("; ").count() < MESSAGES {
        first.message.push_str("; ");
        first.message.push_str(&second.message);
    }
    first
}

#[cfg(test)]
#[path = "gathered_tests.rs"]
mod tests;
