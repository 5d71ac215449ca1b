//! From traces that are due to decisions, and what follows from these.

use std::cmp::Reverse;
use std::ops::Range;

use sluice_otlp::columns::TraceRow;
use sluice_otlp::{Assembler, Payload, ScopePart};

use super::{FULL_PERCENT, PRESSING_PERCENT, Shard, Trigger};
use crate::clock::Moment;
use crate::decide::{Decided, Decision, Incomplete, Outcome};
use crate::explain::Record;
use crate::release::Marks;
use crate::store::{HeaderId, HeaderTables, Piece, Remembered, Trace, TraceKey, second};

/// Traces that are decided together.
const MAX_TRACES: usize = 4096;
/// Bytes of spans that are decided together, if these are not much of what may be held; a larger trace goes alone.
const MAX_BYTES: u64 = 4 << 20;

/// A trace that is due, and why.
type Due = (Trace, Trigger);

impl Shard {
    /// Decides the traces that were put forward, as long as what is released finds room: the others wait for it.
    pub(super) fn decide_early(&mut self, now: Moment) {
        self.decide_while(now, Self::has_room_for_released);
    }

    /// Decides all traces that were put forward.
    pub(super) fn decide_all(&mut self, now: Moment) {
        self.decide_while(now, |_| true);
    }

    fn decide_while(&mut self, now: Moment, has_room: impl Fn(&Self) -> bool) {
        let mut due = self.in_order();
        let mut left = usize::MAX;
        // Each time some go.
        while !due.is_empty() && due.len() < left && has_room(self) {
            left = due.len();
            self.decide_chunk(&mut due, now);
            self.tell();
        }
        let bytes = due.iter().filter_map(|(key, _)| self.traces.get(*key)).map(Trace::held_bytes);
        self.leaving_bytes = bytes.sum::<usize>() as u64;
        self.early = due;
    }

    /// What was put forward, each trace once, in the order in which traces draw on quotas: the last comes first.
    fn in_order(&mut self) -> Vec<(TraceKey, Trigger)> {
        let early = std::mem::take(&mut self.early);
        let with_order = early.into_iter().filter_map(|(key, trigger)| {
            let id = self.traces.get(key)?.id;
            Some(((randomness(&id), Reverse(id)), key, trigger))
        });
        let mut due: Vec<_> = with_order.collect();
        // Stable: of several triggers the first counts.
        due.sort_by_key(|(order, ..)| *order);
        due.dedup_by_key(|(order, ..)| *order);
        due.into_iter().map(|(_, key, trigger)| (key, trigger)).collect()
    }

    /// Whether more may be released. Each trace gets headers of its own, so that more may come out than was held.
    pub(super) fn has_room_for_released(&self) -> bool {
        let most = self.shared.settings.max_bytes;
        let released = self.shared.leaving().saturating_add(self.release.bytes() as u64);
        released <= most / 100 * (100 - FULL_PERCENT)
            || released.saturating_add(self.shared.stored_bytes()) <= most
    }

    /// Takes the next traces that are due out of what is held, put into one request; with the leaves of each.
    fn take_chunk(&mut self, due: &mut Vec<(TraceKey, Trigger)>) -> (Vec<Due>, Payload, Vec<Range<u32>>) {
        // A part of what may be held, so that what is let out at a time is one, too.
        let most = MAX_BYTES.min(self.shared.settings.max_bytes / 100 * PRESSING_PERCENT);
        let (mut parts, mut bytes): (Vec<&[Piece]>, u64) = (Vec::new(), 0);
        for (key, _) in due.iter().rev().take(MAX_TRACES) {
            let Some(trace) = self.traces.get(*key) else { break };
            bytes += trace.bytes;
            if !parts.is_empty() && bytes > most {
                break;
            }
            parts.push(&trace.pieces);
        }
        let buffer = std::mem::take(&mut self.buffer);
        let (payload, leaves) = assemble(&parts, &self.headers, 2 * most, buffer);
        let taken = due.drain(due.len() - leaves.len()..).rev();
        let chunk = taken.filter_map(|(key, trigger)| Some((self.traces.remove(key)?, trigger))).collect();
        (chunk, payload, leaves)
    }

    fn decide_chunk(&mut self, due: &mut Vec<(TraceKey, Trigger)>, now: Moment) {
        let (mut chunk, payload, leaves) = self.take_chunk(due);
        let row = |((trace, trigger), leaves): (&Due, &Range<u32>)| row(trace, *trigger, leaves.clone());
        let rows: Vec<TraceRow> = chunk.iter().zip(&leaves).map(row).collect();
        self.shared.tap.offer(&payload, &rows);
        let held = self.shared.holding();
        for (trace, trigger) in &chunk {
            trace.release_headers(&mut self.headers);
            self.shared.counters.decided(*trigger, trace, now.steady);
            if *trigger == Trigger::Eviction {
                let waited = now.steady.saturating_sub(trace.first);
                self.shared.crowd.evicted(waited, now.steady, &self.shared.settings, &held);
            }
        }
        // Pieces are not needed any more; what is left of each trace is small.
        chunk.iter_mut().for_each(|(trace, _)| trace.pieces = Vec::new());
        let mut decided = if self.shared.settings.decides_on_ingest {
            // Its pieces had their say; nobody wanted it.
            self.decider.decide_against(&payload, &rows)
        } else {
            self.ask(&payload, &rows, now)
        };
        let kept = rows.iter().zip(&decided.outcomes);
        let kept = kept.filter(|(_, outcome)| outcome.decision == Decision::Sampled);
        self.release.expect(kept.map(|(row, _)| row.bytes as usize).sum());
        for (number, (row, (trace, trigger))) in rows.iter().zip(&chunk).enumerate() {
            let incomplete = incomplete(trace, decided.missing_parents[number]);
            self.conclude(&payload, row, decided.outcomes[number], incomplete, now);
            self.explain(&mut decided, number, row, *trigger, incomplete, now);
        }
        self.shared.waited(chunk.iter().map(|(trace, _)| trace.first), now.steady);
        self.keep_buffer(payload);
    }

    /// The buffer of a chunk serves the next one, unless it was for a huge trace.
    fn keep_buffer(&mut self, payload: Payload) {
        let buffer = payload.request.into_buffer();
        self.buffer = buffer.filter(|buffer| buffer.capacity() as u64 <= 4 * MAX_BYTES).unwrap_or_default();
    }

    fn ask(&mut self, payload: &Payload, rows: &[TraceRow], now: Moment) -> Decided {
        let timer = std::time::Instant::now();
        let decided = self.decider.decide(payload, rows, now.unix_nanos);
        self.shared.counters.asked(&decided, rows, timer.elapsed());
        decided
    }

    /// What a decision comes to.
    fn conclude(
        &mut self,
        payload: &Payload,
        row: &TraceRow,
        outcome: Outcome,
        incomplete: Option<Incomplete>,
        now: Moment,
    ) {
        self.shared.counters.concluded(outcome.decision, incomplete);
        let policy = outcome.policy.and_then(|policy| u8::try_from(policy).ok());
        let remembered = Remembered {
            policy: policy.unwrap_or(Remembered::NOBODY),
            threshold: outcome.threshold.min((1 << 56) - 1),
            second: second(now.steady),
        };
        let marks = Marks {
            policy: outcome.policy,
            part: outcome.part,
            incomplete,
            threshold: remembered.threshold,
            ..Marks::default()
        };
        if outcome.decision == Decision::Sampled {
            self.sampled.put(row.id, remembered);
            self.release.keep(payload, row, marks);
        } else {
            self.others.put(row.id, remembered);
            if self.shared.settings.dry_run {
                let marks = Marks { would_be: Some(outcome.decision), ..marks };
                self.release.keep(payload, row, marks);
            }
        }
    }

    fn explain(
        &self,
        decided: &mut Decided,
        trace: usize,
        row: &TraceRow,
        trigger: Trigger,
        incomplete: Option<Incomplete>,
        now: Moment,
    ) {
        if self.shared.settings.explained > 0 {
            self.shared.explanations.push(Record::new(decided, trace, row, trigger, incomplete, now));
        }
    }

    /// With `span-ingest`: asks about pieces that have just come. What they are sampled or dropped for is final.
    pub(super) fn decide_on_ingest(&mut self, touched: Vec<(TraceKey, usize)>, now: Moment) {
        let mut pieces: Vec<(TraceKey, usize)> = touched;
        let order =
            |key: &TraceKey| self.traces.get(*key).map(|trace| (Reverse(randomness(&trace.id)), trace.id));
        pieces.sort_by_key(|(key, piece)| (order(key), *piece));
        let together: Vec<&[(TraceKey, usize)]> = pieces.chunk_by(|one, next| one.0 == next.0).collect();
        let traces: Vec<(&Trace, &[Piece])> = together
            .iter()
            .filter_map(|run| {
                let trace = self.traces.get(run[0].0)?;
                Some((trace, trace.pieces.get(run[0].1..)?))
            })
            .collect();
        if traces.is_empty() {
            return;
        }
        let keys: Vec<TraceKey> = together.iter().map(|run| run[0].0).collect();
        let parts: Vec<&[Piece]> = traces.iter().map(|(_, pieces)| *pieces).collect();
        let (payload, leaves) = assemble(&parts, &self.headers, u64::MAX, Vec::new());
        let rows: Vec<TraceRow> = traces
            .iter()
            .zip(&leaves)
            .map(|((trace, _), leaves)| row(trace, Trigger::Ingest, leaves.clone()))
            .collect();
        let mut decided = self.ask(&payload, &rows, now);
        for (trace, (key, outcome)) in keys.into_iter().zip(decided.outcomes.clone()).enumerate() {
            if outcome.decision != Decision::NotSampled {
                let incomplete = self.finish(key, outcome, now);
                self.explain(&mut decided, trace, &rows[trace], Trigger::Ingest, incomplete, now);
            }
        }
    }

    /// Ends a trace before its time, with a decision on all of it. Answers with what it lacked.
    fn finish(&mut self, key: TraceKey, outcome: Outcome, now: Moment) -> Option<Incomplete> {
        let trace = self.traces.remove(key)?;
        let pieces = &trace.pieces[..];
        let (payload, leaves) = assemble(&[pieces], &self.headers, 0, Vec::new());
        trace.release_headers(&mut self.headers);
        self.shared.counters.decided(Trigger::Ingest, &trace, now.steady);
        let leaves = leaves.into_iter().next().unwrap_or_default();
        let row = row(&trace, Trigger::Ingest, leaves);
        self.shared.tap.offer(&payload, std::slice::from_ref(&row));
        let missing_parents =
            self.decider.decide_against(&payload, std::slice::from_ref(&row)).missing_parents;
        let incomplete = incomplete(&trace, missing_parents.contains(&true));
        self.shared.waited(std::iter::once(trace.first), now.steady);
        self.conclude(&payload, &row, outcome, incomplete, now);
        incomplete
    }

    /// A trace is refused for its size: it is seen and explained like any other, though no policy is asked, and with a dry
    /// run it is passed on.
    pub(super) fn conclude_large(&mut self, trace: &Trace, now: Moment) {
        let mut row = row(trace, Trigger::Size, 0..0);
        let incomplete = incomplete(trace, false);
        if self.shared.tap.is_open() || self.shared.settings.dry_run {
            let (payload, leaves) = assemble(&[&trace.pieces[..]], &self.headers, 0, Vec::new());
            row.leaves = leaves.into_iter().next().unwrap_or_default();
            self.shared.tap.offer(&payload, std::slice::from_ref(&row));
            if self.shared.settings.dry_run {
                let would_be = Some(Decision::NotSampled);
                self.release.keep(&payload, &row, Marks { would_be, incomplete, ..Marks::default() });
            }
        }
        let mut decided = Decided::against_all(vec![false]);
        self.explain(&mut decided, 0, &row, Trigger::Size, incomplete, now);
    }
}

/// What a trace lacks. One without a root always lacks a parent, too.
fn incomplete(trace: &Trace, is_parent_missing: bool) -> Option<Incomplete> {
    if !trace.has_root {
        return Some(Incomplete::NoRoot);
    }
    is_parent_missing.then_some(Incomplete::MissingParent)
}

/// The order in which traces draw on quotas; see `world policy` in the WIT package.
fn randomness(id: &[u8; 16]) -> u64 {
    u64::from_be_bytes([0, id[9], id[10], id[11], id[12], id[13], id[14], id[15]])
}

fn row(trace: &Trace, trigger: Trigger, leaves: Range<u32>) -> TraceRow {
    TraceRow {
        id: trace.id,
        leaves,
        spans: trace.spans,
        bytes: u32::try_from(trace.bytes).unwrap_or(u32::MAX),
        received: trace.received,
        trigger: trigger as u8,
    }
}

/// Puts traces into one request, one after the other, each with a resource or a scope once. Answers with the stretch of
/// leaves of each as well. `buffer` is used for it.
///
/// Ends with the trace with which there are more than `most` bytes, which may be by headers alone.
///
/// Neither the order in which pieces came nor how they were cut shows, but for the order of the spans of a scope. A
/// resource comes once for each request that it came in, as far as policies want to tell these apart.
fn assemble(
    traces: &[&[Piece]],
    headers: &HeaderTables,
    most: u64,
    buffer: Vec<u8>,
) -> (Payload, Vec<Range<u32>>) {
    let mut ordered: Vec<Vec<&Piece>> = Vec::with_capacity(traces.len());
    let mut bytes = 0;
    for pieces in traces {
        let mut pieces: Vec<&Piece> = pieces.iter().collect();
        pieces.sort_by_key(|piece| (piece.resource(), piece.scope()));
        if !headers.origins.is_empty() {
            pieces.sort_by_key(|piece| headers.resources.above(piece.resource()));
        }
        bytes += pieces.iter().map(|piece| piece.spans().len()).sum::<usize>();
        ordered.push(pieces);
    }
    // Headers are extra; a first guess spares most of the growing.
    let mut assembler = Assembler::in_buffer(buffer, bytes + bytes / 4 + 256, bytes / 256);
    let mut leaves = Vec::with_capacity(traces.len());
    let (mut resources, mut of_requests): (Vec<HeaderId>, u64) = (Vec::new(), 0);
    let (mut stretches, mut runs): (Vec<&[u8]>, Vec<(HeaderId, usize)>) = (Vec::new(), Vec::new());
    for pieces in &ordered {
        let first = assembler.spans();
        if assembler.len() as u64 + of_requests > most {
            break;
        }
        for of_resource in pieces.chunk_by(|one, next| one.resource() == next.resource()) {
            stretches.clear();
            runs.clear();
            for of_scope in of_resource.chunk_by(|one, next| one.scope() == next.scope()) {
                stretches.extend(of_scope.iter().map(|piece| piece.spans()));
                runs.push((of_scope[0].scope(), stretches.len()));
            }
            let mut start = 0;
            let parts: smallvec::SmallVec<[ScopePart<'_>; 4]> = runs
                .iter()
                .map(|(scope, end)| {
                    let spans = &stretches[std::mem::replace(&mut start, *end)..*end];
                    ScopePart { header: headers.scopes.get(*scope), spans }
                })
                .collect();
            let resource = of_resource[0].resource();
            assembler.resource(headers.resources.get(resource), &parts);
            resources.push(resource);
            of_requests += headers.origins.len(headers.resources.above(resource)) as u64;
        }
        leaves.push(first..assembler.spans());
    }
    let payload = Payload::bare(assembler.finish());
    if headers.origins.is_empty() {
        return (payload, leaves);
    }
    (Payload { metadata: headers.metadata(&resources), ..payload }, leaves)
}
