//! Each decision, where that is asked for, as soon as it is made.

use std::io::Write;

use anyhow::Context;
use serde::Serialize;
use sluice_sampling::Replayed;

use super::options::ReplayOptions;
use crate::command::arguments::Output;
use crate::command::explain::print_decision;
use crate::gateway::{DecisionRow, row};

/// Prints decisions. As JSON they are the first member of the object that the report ends.
pub(super) struct Decisions<W> {
    out: W,
    is_on: bool,
    output: Output,
    printed: u64,
}

/// A trace that is decided otherwise now.
#[derive(Serialize)]
struct ChangeRow {
    before: DecisionRow,
    now: DecisionRow,
}

impl<W: Write> Decisions<W> {
    pub(super) fn new(out: W, options: &ReplayOptions) -> Self {
        Self { out, is_on: options.explain, output: options.output, printed: 0 }
    }

    pub(super) fn print(&mut self, trace: &Replayed) -> anyhow::Result<()> {
        if !self.is_on {
            return Ok(());
        }
        let row = row(&trace.decision);
        match self.output {
            Output::Text => print_decision(&mut self.out, &row),
            Output::Json => self.print_json(&row),
        }
        .context("could not print")
    }

    pub(super) fn print_change(&mut self, both: &[Replayed; 2]) -> anyhow::Result<()> {
        if !self.is_on {
            return Ok(());
        }
        let [before, now] = both.each_ref().map(|trace| row(&trace.decision));
        match self.output {
            Output::Text => {
                write!(self.out, "before  ")?;
                print_decision(&mut self.out, &before)?;
                write!(self.out, "now     ")?;
                print_decision(&mut self.out, &now)
            }
            Output::Json => self.print_json(&ChangeRow { before, now }),
        }
        .context("could not print")
    }

    fn print_json(&mut self, row: &impl Serialize) -> anyhow::Result<()> {
        self.out.write_all(if self.printed == 0 { b"{\"decisions\":[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.out, row)?;
        self.printed += 1;
        Ok(())
    }

    /// Ends the list; what follows is for the report.
    pub(super) fn finish(mut self) -> anyhow::Result<W> {
        let end: &[u8] = match (self.output, self.is_on, self.printed) {
            (Output::Text, true, 1..) => b"\n",
            (Output::Text, ..) => b"",
            (Output::Json, true, 0) => b"{\"decisions\":[],\"report\":",
            (Output::Json, true, _) => b"\n],\"report\":",
            (Output::Json, false, _) => b"{\"report\":",
        };
        self.out.write_all(end).context("could not print")?;
        Ok(self.out)
    }
}
