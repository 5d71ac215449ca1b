use std::time::Instant;

use sluice_otlp::Signal;
use sluice_otlp::columns::{Selection, TraceTables};

use super::check::{Verdicts, Vote};
use super::generation::PolicyGeneration;
use crate::bounds::{Admission, Budget, Next};
use crate::instance::{Failure, FailureReason};
use crate::key::bytes;

/// A trace that needs a call of its own may be so many times larger than what goes into an ordinary call.
const HUGE: usize = 8;

/// Some traces on their way to votes.
pub(super) struct Asking<'a> {
    generation: &'a PolicyGeneration,
    tables: &'a TraceTables,
    selection: &'a Selection,
    budget: Budget,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        generation: &'a PolicyGeneration,
        tables: &'a TraceTables,
        selection: &'a Selection,
    ) -> Self {
        let budget = Budget::new(generation.limits().deadline);
        Self { generation, tables, selection, budget }
    }

    pub(super) fn decide(mut self, traces: &[u32]) -> Verdicts {
        let admission = self.generation.breaker.admit();
        if admission == Admission::Refused {
            self.complain(&Failure::new(
                FailureReason::Backoff,
                "it wasted too much time and is left alone for a while",
            ));
            self.generation.metrics.count_error(FailureReason::Backoff);
            return Verdicts::all(Vote::Error, traces.len());
        }
        let verdicts = self.ask_all(traces);
        if self.generation.breaker.report(admission, self.budget.is_overdrawn()) {
            tracing::info!(plugin = &*self.generation.plugin_name(), "the plugin is in order again");
        }
        verdicts
    }

    fn ask_all(&mut self, traces: &[u32]) -> Verdicts {
        let mut verdicts = Verdicts::default();
        // The last is the next, so that votes come in the order of the traces.
        let mut parts = vec![traces];
        while let Some(part) = parts.pop() {
            match self.ask(part) {
                Outcome::Votes(votes) => verdicts.append(votes),
                Outcome::Split(pieces) => {
                    let size = part.len().div_ceil(pieces.clamp(2, part.len()));
                    parts.extend(part.chunks(size).rev());
                }
                Outcome::GaveUp => {
                    let left = part.len() + parts.iter().map(|part| part.len()).sum::<usize>();
                    verdicts.append(Verdicts::all(Vote::Error, left));
                    return verdicts;
                }
            }
        }
        verdicts
    }

    fn ask(&mut self, traces: &[u32]) -> Outcome {
        let limits = self.generation.limits();
        if traces.len() > limits.max_rows as usize {
            return Outcome::Split(traces.len().div_ceil(limits.max_rows as usize));
        }
        let batch = self.tables.view(self.selection, traces);
        let bytes = bytes(&batch);
        if traces.len() > 1 && bytes > limits.max_bytes {
            return Outcome::Split(bytes.div_ceil(limits.max_bytes.max(1)));
        }
        let started = Instant::now();
        let answer = if bytes > limits.max_bytes.saturating_mul(HUGE) {
            self.generation.metrics.count_error(FailureReason::TooLarge);
            let most = limits.max_bytes.saturating_mul(HUGE);
            let words = format!("a trace has {bytes} bytes of columns; a call takes at most {most}");
            Err(Failure::new(FailureReason::TooLarge, words))
        } else {
            self.generation.call(traces.len(), batch)
        };
        let failure = match answer {
            Ok(verdicts) => return Outcome::Votes(verdicts),
            Err(failure) => failure,
        };
        self.complain(&failure);
        match self.budget.charge(started.elapsed()) {
            Next::GiveUpAll => Outcome::GaveUp,
            // Another shard may have found out meanwhile that the plugin wastes everybody's time.
            _ if self.generation.breaker.is_pausing() => Outcome::GaveUp,
            Next::Halve if traces.len() > 1 => Outcome::Split(2),
            Next::Halve | Next::GiveUpPart => Outcome::Votes(Verdicts::all(Vote::Error, traces.len())),
        }
    }

    fn complain(&self, failure: &Failure) {
        let generation = self.generation;
        generation.failures.failed(&generation.plugin_name(), generation.epoch(), Signal::Traces, failure);
    }
}

/// What became of a part that a plugin was asked about.
enum Outcome {
    /// A vote for each trace.
    Votes(Verdicts),
    /// To be asked in so many parts.
    Split(usize),
    /// Nothing more is to be asked.
    GaveUp,
}
