//! Holding the spans and events of a trace against the conditions.

use std::fmt::{self, Write};

use sluice_ottl::{Condition, Fault};
use sluice_sdk::policy::{Due, Reason, Trace, Vote, Votes};
use sluice_sdk::table::{Events, Links};
use sluice_sdk::{counter, log};

use crate::ErrorMode;
use crate::children::Children;
use crate::columns::Columns;
use crate::row::Subject;

/// Counts evaluations that failed.
const ERRORS: &str = "condition_errors";

/// The conditions, and where their values come from.
#[derive(Debug)]
pub(crate) struct Evaluation {
    pub(crate) error_mode: ErrorMode,
    pub(crate) span: Vec<Condition>,
    pub(crate) spanevent: Vec<Condition>,
    pub(crate) columns: Columns,
}

/// What went wrong in a batch.
#[derive(Debug, Default)]
struct Errors {
    count: u64,
    /// The first of them, which stands for all.
    first: Option<String>,
}

/// The condition that a trace fails on.
struct Failure<'a>(&'a Condition, Fault);

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(condition, fault) = self;
        write!(f, "{fault}, at column {} of {}", fault.column(condition.text()), condition.text())
    }
}

impl Evaluation {
    /// Votes on each trace.
    pub(crate) fn votes(&self, due: &Due) -> Votes {
        let mut errors = Errors::default();
        let votes = Votes::for_each(due.iter(), |trace, reason| self.vote(trace, reason, &mut errors));
        if errors.count > 0 {
            counter::add(ERRORS, errors.count);
        }
        if let Some(first) = errors.first {
            log::warn(&format!("{} evaluations failed, the first of them: {first}", errors.count));
        }
        votes
    }

    fn vote(&self, trace: Trace<'_>, reason: &mut Reason, errors: &mut Errors) -> Vote {
        let mut failure = None;
        match self.first_that_holds(trace, errors, &mut failure) {
            Some(condition) => {
                _ = write!(reason, "holds: {}", condition.text());
                Vote::Sampled
            }
            None => match failure {
                Some(failure) => {
                    _ = write!(reason, "{failure}");
                    Vote::Error
                }
                None => {
                    _ = reason.write_str("no condition holds");
                    Vote::NotSampled
                }
            },
        }
    }

    /// The first condition that holds for a span or an event. What fails before does not hide it: the order in
    /// which spans arrived would else decide.
    fn first_that_holds<'c>(
        &'c self,
        trace: Trace<'_>,
        errors: &mut Errors,
        failure: &mut Option<Failure<'c>>,
    ) -> Option<&'c Condition> {
        let mut events = self.columns.events.then(|| Children::new(trace.rows(Events)));
        let mut links = self.columns.links.then(|| Children::new(trace.rows(Links)));
        for span in trace.spans() {
            let events = events.as_mut().map_or(&[][..], |events| events.of(span));
            let links = links.as_mut().map_or(0, |links| links.of(span).len());
            let subject = Subject {
                sources: &self.columns.sources,
                now: trace.now(),
                span,
                events: events.len() as u64,
                links: links as u64,
                event: None,
            };
            let holds = self.any(&self.span, subject, errors, failure);
            if holds.is_some() {
                return holds;
            }
            if self.spanevent.is_empty() {
                continue;
            }
            for (index, event) in (0..).zip(events) {
                let subject = Subject { event: Some((*event, index)), ..subject };
                let holds = self.any(&self.spanevent, subject, errors, failure);
                if holds.is_some() {
                    return holds;
                }
            }
        }
        None
    }

    /// The first of some conditions that holds for a span or an event. Where errors propagate, one ends the search.
    #[inline]
    fn any<'c>(
        &self,
        conditions: &'c [Condition],
        subject: Subject<'_>,
        errors: &mut Errors,
        failure: &mut Option<Failure<'c>>,
    ) -> Option<&'c Condition> {
        for condition in conditions {
            match condition.holds(subject) {
                Ok(true) => return Some(condition),
                Ok(false) => {}
                Err(fault) => {
                    errors.note(condition, fault, self.error_mode);
                    if self.error_mode == ErrorMode::Propagate {
                        failure.get_or_insert(Failure(condition, fault));
                        return None;
                    }
                }
            }
        }
        None
    }
}

impl Errors {
    #[cold]
    fn note(&mut self, condition: &Condition, fault: Fault, mode: ErrorMode) {
        self.count += 1;
        if mode == ErrorMode::Ignore && self.first.is_none() {
            self.first = Some(Failure(condition, fault).to_string());
        }
    }
}
