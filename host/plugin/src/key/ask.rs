use std::time::Instant;

use sluice_otlp::columns::{self, Batch, Column, Extracted, Table, Values};
use sluice_otlp::{Payload, Signal};

use super::answer::Answer;
use super::check::Checked;
use super::generation::Generation;
use super::leaves::Leaves;
use super::{Keys, OnError, complaints, fallback};
use crate::bindings::Missing;
use crate::bounds::{Admission, Budget, Next};
use crate::instance::{Failure, FailureReason};

/// One payload on its way through the stages of a plan.
pub(super) struct Asking<'a> {
    generation: &'a Generation,
    on_error: OnError,
    payload: &'a Payload,
    now: u64,
    answer: Answer,
    budget: Budget,
}

/// What became of a part that a plugin was asked for.
enum Outcome {
    /// Everything in it is settled, or left to the next stage.
    Settled,
    /// To be asked in these parts.
    Split(Vec<Leaves>),
    /// Nothing more is to be asked.
    GaveUp,
}

impl<'a> Asking<'a> {
    pub(super) fn new(generation: &'a Generation, on_error: OnError, payload: &'a Payload, now: u64) -> Self {
        let budget = Budget::new(generation.limits().deadline);
        Self { generation, on_error, payload, now, answer: Answer::new(payload.items()), budget }
    }

    pub(super) fn keys(mut self) -> Keys {
        let admission = self.generation.breaker.admit();
        if admission == Admission::Refused {
            self.refuse_all();
            return self.finish();
        }
        for stage in 0..self.generation.stages().len() {
            if self.answer.is_complete() || !self.ask_stage(stage) {
                break;
            }
        }
        self.settle_missing();
        if self.generation.breaker.report(admission, self.budget.is_overdrawn()) {
            tracing::info!(plugin = &*self.generation.plugin_name(), "the plugin is in order again");
        }
        self.finish()
    }

    /// Asks for the keys of all that is open; answers whether to go on.
    fn ask_stage(&mut self, stage: usize) -> bool {
        let mut parts = vec![self.answer.open()];
        while let Some(leaves) = parts.pop() {
            match self.ask(stage, &leaves) {
                Outcome::Settled => {}
                // Backwards, so that the first is the next.
                Outcome::Split(split) => parts.extend(split.into_iter().rev()),
                Outcome::GaveUp => {
                    let open = self.answer.open();
                    self.apply_on_error(&open);
                    return false;
                }
            }
        }
        true
    }

    fn ask(&mut self, stage: usize, leaves: &Leaves) -> Outcome {
        let plan = &self.generation.stages()[stage];
        let limits = self.generation.limits();
        if leaves.len() > limits.max_rows as usize && is_keyed_by_leaf(plan) {
            return Outcome::Split(leaves.chunks(limits.max_rows as usize));
        }
        let Extracted { batch, row_of_leaf } = plan.extract(self.payload, leaves.ranges(), self.now);
        let rows = keyed_rows(&batch, plan.keyed());
        let bytes = bytes(&batch);
        let pieces = pieces(rows, bytes, limits.max_rows, limits.max_bytes);
        if pieces > 1 && rows > 1 {
            return Outcome::Split(leaves.split_by_row(&row_of_leaf, rows, pieces));
        }
        let started = Instant::now();
        let failure = match self.call(stage, rows, bytes, batch) {
            Ok(checked) => {
                self.accept(stage, leaves, row_of_leaf, rows, checked);
                return Outcome::Settled;
            }
            Err(failure) => failure,
        };
        self.complain(&failure);
        match self.budget.charge(started.elapsed()) {
            Next::Halve if rows > 1 => return Outcome::Split(leaves.split_by_row(&row_of_leaf, rows, 2)),
            Next::Halve | Next::GiveUpPart => self.apply_on_error(leaves),
            Next::GiveUpAll => return Outcome::GaveUp,
        }
        // Another request may have found out meanwhile that the plugin wastes everybody's time.
        if self.generation.breaker.is_pausing() { Outcome::GaveUp } else { Outcome::Settled }
    }

    fn call(&self, stage: usize, rows: u32, bytes: usize, batch: Batch) -> Result<Checked, Failure> {
        let max = self.generation.limits().max_bytes;
        if bytes > max {
            let words = format!("a row has {bytes} bytes of columns; a call takes at most {max}");
            self.generation.metrics.count_error(FailureReason::TooLarge);
            return Err(Failure::new(FailureReason::TooLarge, words));
        }
        // A plan has at most eight stages.
        let checked = self.generation.call(stage as u32, rows, batch)?;
        if self.answer.has_room_for(checked.keys.data.len()) {
            return Ok(checked);
        }
        self.generation.metrics.count_error(FailureReason::TooLarge);
        Err(Failure::new(FailureReason::TooLarge, "the keys of the request are too large together"))
    }

    fn accept(&mut self, stage: usize, leaves: &Leaves, row_of_leaf: Vec<u32>, rows: u32, checked: Checked) {
        let is_last = stage + 1 == self.generation.stages().len();
        if is_last && self.generation.missing() == Missing::Spread && !checked.are_all_present() {
            self.answer.take(leaves, row_of_leaf.clone(), checked);
            self.answer.spread(leaves, &row_of_leaf, rows);
        } else {
            self.answer.take(leaves, row_of_leaf, checked);
        }
    }

    /// What the plan says of leaves that no stage gave a key. Those to be spread have one by now.
    fn settle_missing(&mut self) {
        if !self.answer.is_complete() {
            match self.generation.missing() {
                Missing::Reject => self.answer.reject_open(),
                Missing::Empty | Missing::Spread => self.answer.empty_open(),
            }
        }
        let (generation, signal) = (self.generation, self.signal());
        let rejected = self.answer.rejected_without_key;
        generation.metrics.rejected_without_key.inc_by(u64::from(rejected));
        generation.complaints.without_key(&generation.plugin_name(), generation.epoch(), signal, rejected);
    }

    fn refuse_all(&mut self) {
        self.generation.metrics.count_error(FailureReason::Backoff);
        self.complain(&Failure::new(
            FailureReason::Backoff,
            "it wasted too much time and is left alone for a while",
        ));
        let open = self.answer.open();
        self.apply_on_error(&open);
    }

    fn apply_on_error(&mut self, leaves: &Leaves) {
        let items = leaves.len() as u64;
        match self.on_error {
            OnError::Fallback => {
                fallback::keys(self.payload, leaves, &mut self.answer);
                self.generation.metrics.fallback_items.inc_by(items);
            }
            OnError::Reject => {
                self.answer.reject(leaves);
                self.generation.metrics.rejected_for_failure.inc_by(items);
            }
        }
    }

    fn complain(&self, failure: &Failure) {
        let generation = self.generation;
        generation.failures.failed(&generation.plugin_name(), generation.epoch(), self.signal(), failure);
    }

    fn signal(&self) -> Signal {
        self.payload.signal()
    }

    fn finish(self) -> Keys {
        let (without_key, for_failure) = (self.answer.rejected_without_key, self.answer.rejected_for_failure);
        let rejection =
            complaints::rejection(&self.generation.plugin_name(), self.signal(), without_key, for_failure);
        self.answer.finish(rejection)
    }
}

/// Whether each leaf is a row of the keyed table, so that the number of rows is known beforehand.
fn is_keyed_by_leaf(plan: &columns::Plan) -> bool {
    match plan.keyed() {
        Table::Points => true,
        Table::Items => plan.signal() != Signal::Metrics,
        _ => false,
    }
}

pub(super) fn keyed_rows(batch: &Batch, keyed: Table) -> u32 {
    batch.tables.iter().find(|rows| rows.table == keyed).map_or(0, |rows| rows.count)
}

/// Into how many calls so many rows of so many bytes go.
fn pieces(rows: u32, bytes: usize, max_rows: u32, max_bytes: usize) -> u32 {
    let by_bytes = u32::try_from(bytes.div_ceil(max_bytes.max(1))).unwrap_or(u32::MAX);
    rows.div_ceil(max_rows.max(1)).max(by_bytes).min(rows)
}

/// Bytes that the batch takes in a guest's memory, but for a few a column.
pub(crate) fn bytes(batch: &Batch) -> usize {
    let column = |column: &Column| column.present.len() + values_bytes(&column.values);
    let rows = |rows: &columns::Rows| {
        4 * (rows.parent.len() + rows.trace.len()) + rows.columns.iter().map(column).sum::<usize>()
    };
    batch.tables.iter().map(rows).sum()
}

fn values_bytes(values: &Values) -> usize {
    match values {
        Values::Bytes(bytes) => bytes.data.len() + 4 * bytes.offsets.len(),
        Values::Fixed(values) | Values::U8s(values) => values.len(),
        Values::U32s(values) => 4 * values.len(),
        Values::U64s(values) => 8 * values.len(),
        Values::S64s(values) => 8 * values.len(),
        Values::F64s(values) => 8 * values.len(),
    }
}
