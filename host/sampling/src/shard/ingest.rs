//! Spans on their way into a shard.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use sluice_otlp::{Header, Index, Leaf, Payload, Request, RequestCursor};

use super::root::is_root;
use super::{GATHERED, HUGE_TRACE, Shard, Trigger};
use crate::clock::Moment;
use crate::release::Marks;
use crate::store::{
    Around, HeaderId, NOTHING, Piece, Remembered, TICK, Tick, TraceKey, tick_at, tick_before,
};

/// Spans of one trace and one scope that lie side by side in a request.
struct Run<'a> {
    id: [u8; 16],
    /// As fields, with tags and lengths.
    spans: &'a [u8],
    count: u32,
    has_root: bool,
    /// The row of their scope.
    scope: u32,
}

/// A payload on its way in, with what was looked at last: that has one more user as long as it is here.
struct Arriving<'a> {
    payload: &'a Payload,
    requests: RequestCursor<'a>,
    /// A row of the requests.
    request: Option<(u32, HeaderId)>,
    /// A row of the scopes.
    scope: Option<(u32, Around)>,
}

impl Shard {
    /// Takes the spans of a payload that fall to this shard: ascending, disjoint stretches of its leaves.
    pub(crate) fn ingest(&mut self, payload: &Payload, leaves: &[Range<u32>], now: Moment) {
        let requests = RequestCursor::new(&payload.metadata);
        let mut arriving = Arriving { payload, requests, request: None, scope: None };
        let mut touched = Vec::new();
        for stretch in leaves {
            self.ingest_stretch(&mut arriving, stretch.clone(), now, &mut touched);
        }
        if let Some((_, around)) = arriving.scope {
            self.headers.release(around);
        }
        if let Some((_, origin)) = arriving.request {
            self.headers.origins.release(origin);
        }
        if self.shared.settings.decides_on_ingest {
            self.decide_on_ingest(touched, now);
        }
        self.make_room();
        let is_enough = self.early.len() >= GATHERED || self.is_pressing();
        if is_enough && self.has_room_for_released() {
            self.decide_early(now);
        }
        self.settle();
    }

    fn ingest_stretch(
        &mut self,
        arriving: &mut Arriving<'_>,
        mut stretch: Range<u32>,
        now: Moment,
        touched: &mut Vec<(TraceKey, usize)>,
    ) {
        let request = &arriving.payload.request;
        let (body, index) = (request.body(), request.index());
        while let Some(run) = next_run(body, index, &mut stretch) {
            if let Some(key) = self.place(request, &run, now) {
                let piece = Piece::new(self.around(arriving, run.scope), run.spans);
                self.traces.append(key, piece, run.count);
                self.reschedule(key, run.has_root, now.steady);
                self.check_size(key, now);
                if self.shared.settings.decides_on_ingest
                    && let Some(trace) = self.traces.get(key)
                {
                    touched.push((key, trace.pieces.len() - 1));
                }
            }
        }
    }

    /// The trace that a run belongs to, `None` where it is decided already: then the run follows that decision.
    fn place(&mut self, request: &Request, run: &Run<'_>, now: Moment) -> Option<TraceKey> {
        if let Some(key) = self.traces.find(&run.id) {
            return Some(key);
        }
        if let Some(remembered) = self.sampled.get(&run.id) {
            self.shared.counters.late(true, run.count, remembered.age(now.steady));
            self.pass_on_late(request, run, remembered);
            return None;
        }
        if let Some(remembered) = self.others.get(&run.id) {
            self.shared.counters.late(false, run.count, remembered.age(now.steady));
            if self.shared.settings.dry_run {
                self.pass_on_late(request, run, Remembered::nobodys(now.steady));
            }
            return None;
        }
        self.shared.counters.new_traces.inc();
        let due = self.deadline(now.steady);
        let key = self.traces.add(run.id, now.steady, now.unix_nanos, due);
        self.schedule.add(due, key);
        Some(key)
    }

    fn pass_on_late(&mut self, request: &Request, run: &Run<'_>, remembered: Remembered) {
        let index = request.index();
        let Some(scope) = index.scopes.get(run.scope as usize) else { return };
        let Some(resource) = index.resources.get(scope.parent as usize) else { return };
        let policy = (remembered.policy != Remembered::NOBODY).then_some(u16::from(remembered.policy));
        let marks = Marks { policy, is_late: true, threshold: remembered.threshold, ..Marks::default() };
        if self.release.late_as_before(run.scope, run.spans, marks) {
            return;
        }
        let resource = header(request.body(), index, resource.header);
        let scope = header(request.body(), index, scope.header);
        self.release.late(run.scope, [&resource, &scope], run.spans, marks);
    }

    /// The ids of the headers around the spans of a scope, for one more piece.
    fn around(&mut self, arriving: &mut Arriving<'_>, scope: u32) -> Around {
        if let Some((_, around)) = arriving.scope.filter(|(known, _)| *known == scope) {
            self.headers.hold_again(around);
            return around;
        }
        let request = &arriving.payload.request;
        let (body, index) = (request.body(), request.index());
        let node = index.scopes.get(scope as usize);
        let resource = node.and_then(|node| index.resources.get(node.parent as usize));
        let bytes = |node: Option<&sluice_otlp::Node>| {
            node.map_or(Cow::Borrowed(&[][..]), |node| header(body, index, node.header))
        };
        let origin = self.origin(arriving, node.map_or(0, |node| node.parent));
        let around = self.headers.hold(origin, &bytes(resource), &bytes(node));
        self.headers.hold_again(around);
        if let Some((_, before)) = arriving.scope.replace((scope, around)) {
            self.headers.release(before);
        }
        around
    }

    /// The id of what is wanted of the request that a resource came in.
    fn origin(&mut self, arriving: &mut Arriving<'_>, resource: u32) -> HeaderId {
        let request = arriving.requests.request_of(resource);
        if let Some((_, origin)) = arriving.request.filter(|(known, _)| *known == request) {
            return origin;
        }
        let metadata = arriving.payload.metadata.get(request as usize);
        let origin = metadata.map_or(NOTHING, |metadata| self.headers.origins.hold(metadata));
        if let Some((_, before)) = arriving.request.replace((request, origin)) {
            self.headers.origins.release(before);
        }
        origin
    }

    /// When a trace whose first span comes now is decided at the latest.
    fn deadline(&self, now: Duration) -> Tick {
        let wait = self.shared.settings.decision_wait;
        if wait < TICK { tick_before(now) + 1 } else { tick_at(now + wait) }
    }

    /// A piece of a trace has come: it may be due at another time now.
    fn reschedule(&mut self, key: TraceKey, has_root: bool, now: Duration) {
        let settings = &self.shared.settings;
        let after_last = settings.decision_wait_after_last_span.map(|wait| tick_at(now + wait));
        let after_root =
            settings.decision_wait_after_root.filter(|_| has_root).map(|wait| tick_at(now + wait));
        let Some(trace) = self.traces.get_mut(key) else { return };
        trace.has_root |= has_root;
        let before = trace.due;
        if let Some(due) = after_root
            && due < trace.limit
        {
            (trace.limit, trace.is_limited_by_root) = (due, true);
        }
        trace.due = after_last.map_or(trace.limit, |due| due.min(trace.limit));
        trace.due_by_root = trace.is_limited_by_root && trace.due == trace.limit;
        // Where it is due later than before, the reminder of before finds that out.
        let due = trace.due;
        if due < before {
            self.schedule.add(due, key);
        }
    }

    fn check_size(&mut self, key: TraceKey, now: Moment) {
        let Some(trace) = self.traces.get(key) else { return };
        if self.shared.settings.max_trace_bytes.is_some_and(|most| trace.bytes > most) {
            self.refuse_large(key, now);
        } else if trace.bytes > HUGE_TRACE {
            self.early.push((key, Trigger::Size));
        }
    }

    /// A trace is larger than `maximum_trace_size_bytes`: it is not sampled, and nobody is asked.
    fn refuse_large(&mut self, key: TraceKey, now: Moment) {
        let Some(trace) = self.traces.remove(key) else { return };
        self.conclude_large(&trace, now);
        trace.release_headers(&mut self.headers);
        self.shared.counters.too_large.inc();
        self.others.put(trace.id, Remembered::nobodys(now.steady));
    }
}

/// The next spans of a stretch that belong together.
fn next_run<'a>(body: &'a [u8], index: &Index, stretch: &mut Range<u32>) -> Option<Run<'a>> {
    let leaf = |number: u32| index.leaves.get(number as usize);
    let first = leaf(stretch.start).filter(|_| stretch.start < stretch.end)?;
    let id = trace_id(body, first);
    let (mut end, mut count, mut has_root) = (first.end, 0, false);
    while let Some(next) = leaf(stretch.start).filter(|_| stretch.start < stretch.end) {
        let is_neighbour = count == 0 || next.start == end;
        if next.parent != first.parent || !is_neighbour || trace_id(body, next) != id {
            break;
        }
        has_root |= is_root(body.get(next.content as usize..next.end as usize).unwrap_or_default());
        (end, count) = (next.end, count + 1);
        stretch.start += 1;
    }
    let spans = body.get(first.start as usize..end as usize).unwrap_or_default();
    Some(Run { id, spans, count, has_root, scope: first.parent })
}

/// A span's trace id; zeros where it has none: such spans are one trace, as in the Collector.
#[inline]
pub(crate) fn trace_id(body: &[u8], leaf: &Leaf) -> [u8; 16] {
    body.get(leaf.trace_id as usize..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
}

/// The bytes of a header, which usually lie in one stretch.
fn header<'a>(body: &'a [u8], index: &Index, header: Header) -> Cow<'a, [u8]> {
    let bytes = |extent: &sluice_otlp::Extent| body.get(extent.start as usize..extent.end as usize);
    match index.header(header) {
        [] => Cow::Borrowed(&[]),
        [only] => Cow::Borrowed(bytes(only).unwrap_or_default()),
        several => Cow::Owned(several.iter().filter_map(bytes).flatten().copied().collect()),
    }
}
