use std::collections::VecDeque;
use std::mem::size_of;
use std::time::Duration;

use hashbrown::HashTable;

use super::{Around, HeaderId, HeaderTables, Tick};

/// Where a trace is held, and which of those that were held there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceKey {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// Spans of one scope that arrived together: one allocation, of exactly their size.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The ids of resource and scope, and then the spans as fields, with tags and lengths.
    bytes: Box<[u8]>,
}

/// Bytes in front of a piece's spans.
const IDS: usize = 8;

impl Piece {
    /// Copies spans out of a request.
    pub(crate) fn new(around: Around, spans: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(IDS + spans.len());
        bytes.extend_from_slice(&around.resource.to_le_bytes());
        bytes.extend_from_slice(&around.scope.to_le_bytes());
        bytes.extend_from_slice(spans);
        Self { bytes: bytes.into_boxed_slice() }
    }

    pub(crate) fn resource(&self) -> HeaderId {
        self.id(0)
    }

    pub(crate) fn scope(&self) -> HeaderId {
        self.id(4)
    }

    pub(crate) fn spans(&self) -> &[u8] {
        self.bytes.get(IDS..).unwrap_or_default()
    }

    fn id(&self, at: usize) -> HeaderId {
        let bytes = self.bytes.get(at..).and_then(<[u8]>::first_chunk).copied();
        HeaderId::from_le_bytes(bytes.unwrap_or_default())
    }

    /// Bytes that it takes, with its place in a list.
    fn held_bytes(&self) -> usize {
        self.bytes.len() + size_of::<Self>()
    }
}

/// A trace that is not decided yet.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) id: [u8; 16],
    pub(crate) pieces: Vec<Piece>,
    pub(crate) spans: u32,
    /// Encoded bytes of its spans.
    pub(crate) bytes: u64,
    /// When its first span came, by the sampler's clock.
    pub(crate) first: Duration,
    /// The same in ns since the Unix epoch.
    pub(crate) received: u64,
    /// When it is to be decided at the latest.
    pub(crate) limit: Tick,
    /// Whether `limit` is as it is since its root has arrived.
    pub(crate) is_limited_by_root: bool,
    /// When it is to be decided, as things are.
    pub(crate) due: Tick,
    /// Whether that is since its root has arrived.
    pub(crate) due_by_root: bool,
    /// Whether a span without a parent has arrived.
    pub(crate) has_root: bool,
    generation: u32,
}

impl Trace {
    /// Gives the headers of its pieces back.
    pub(crate) fn release_headers(&self, headers: &mut HeaderTables) {
        for piece in &self.pieces {
            headers.release(Around { resource: piece.resource(), scope: piece.scope() });
        }
    }

    /// Bytes that it takes, without headers.
    pub(crate) fn held_bytes(&self) -> usize {
        TRACE + self.pieces.iter().map(Piece::held_bytes).sum::<usize>()
    }
}

/// Bytes that a trace takes beside its pieces: itself, and its places in the tables.
const TRACE: usize = size_of::<Trace>() + 24;

/// The traces of a shard, by id and by age.
#[derive(Debug)]
pub(crate) struct Traces {
    slots: Vec<Option<Trace>>,
    generations: Vec<u32>,
    free: Vec<u32>,
    by_id: HashTable<u32>,
    /// From the oldest; entries of traces that are gone are passed over.
    by_age: VecDeque<TraceKey>,
    hasher: foldhash::fast::RandomState,
    bytes: usize,
    spans: u64,
}

impl Traces {
    /// With room for so many.
    pub(crate) fn with_capacity(traces: usize) -> Self {
        Self {
            slots: Vec::with_capacity(traces),
            generations: Vec::with_capacity(traces),
            free: Vec::new(),
            by_id: HashTable::with_capacity(traces),
            by_age: VecDeque::with_capacity(traces),
            hasher: foldhash::fast::RandomState::default(),
            bytes: 0,
            spans: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Bytes that all of them take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Spans in all of them.
    pub(crate) fn spans(&self) -> u64 {
        self.spans
    }

    pub(crate) fn find(&self, id: &[u8; 16]) -> Option<TraceKey> {
        let slot = *self.by_id.find(self.hash(id), |slot| self.is(*slot, id))?;
        Some(TraceKey { slot, generation: self.generations[slot as usize] })
    }

    /// Adds a trace that has nothing yet, and is not there.
    pub(crate) fn add(&mut self, id: [u8; 16], now: Duration, received: u64, due: Tick) -> TraceKey {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.generations.push(0);
            self.slots.len() as u32 - 1
        });
        let generation = self.generations[slot as usize];
        self.slots[slot as usize] = Some(Trace {
            id,
            pieces: Vec::new(),
            spans: 0,
            bytes: 0,
            first: now,
            received,
            limit: due,
            is_limited_by_root: false,
            due,
            due_by_root: false,
            has_root: false,
            generation,
        });
        self.bytes += TRACE;
        let (slots, hasher) = (&self.slots, &self.hasher);
        let hash_of = |slot: &u32| slots[*slot as usize].as_ref().map_or(0, |trace| hash(hasher, &trace.id));
        self.by_id.insert_unique(hash(hasher, &id), slot, hash_of);
        let key = TraceKey { slot, generation };
        self.by_age.push_back(key);
        key
    }

    /// Appends a piece of so many spans.
    pub(crate) fn append(&mut self, key: TraceKey, piece: Piece, spans: u32) {
        self.bytes += piece.held_bytes();
        self.spans += u64::from(spans);
        if let Some(trace) = self.get_mut(key) {
            trace.spans = trace.spans.saturating_add(spans);
            trace.bytes += piece.spans().len() as u64;
            trace.pieces.push(piece);
        }
    }

    pub(crate) fn get(&self, key: TraceKey) -> Option<&Trace> {
        self.slots.get(key.slot as usize)?.as_ref().filter(|trace| trace.generation == key.generation)
    }

    pub(crate) fn get_mut(&mut self, key: TraceKey) -> Option<&mut Trace> {
        self.slots.get_mut(key.slot as usize)?.as_mut().filter(|trace| trace.generation == key.generation)
    }

    /// Takes a trace out, if it is still there.
    pub(crate) fn remove(&mut self, key: TraceKey) -> Option<Trace> {
        let trace =
            self.slots.get_mut(key.slot as usize)?.take_if(|trace| trace.generation == key.generation)?;
        let hash = self.hash(&trace.id);
        if let Ok(entry) = self.by_id.find_entry(hash, |slot| *slot == key.slot) {
            entry.remove();
        }
        self.generations[key.slot as usize] = key.generation.wrapping_add(1);
        self.free.push(key.slot);
        self.bytes -= trace.held_bytes();
        self.spans -= u64::from(trace.spans);
        self.forget_old();
        Some(trace)
    }

    /// The oldest of them, which from then on does not count for its age; it stays where it is.
    pub(crate) fn take_oldest(&mut self) -> Option<TraceKey> {
        let oldest = self.by_age.pop_front();
        self.forget_old();
        oldest
    }

    /// The oldest of them.
    pub(crate) fn oldest(&self) -> Option<TraceKey> {
        self.by_age.front().copied()
    }

    /// All of them, in no order.
    pub(crate) fn keys(&self) -> Vec<TraceKey> {
        let traces = (0..).zip(&self.slots);
        traces
            .filter_map(|(slot, trace)| Some(TraceKey { slot, generation: trace.as_ref()?.generation }))
            .collect()
    }

    /// Drops what stands for traces that are gone, as far as it is at the front.
    fn forget_old(&mut self) {
        while let Some(front) = self.by_age.front()
            && self.get(*front).is_none()
        {
            self.by_age.pop_front();
        }
    }

    fn is(&self, slot: u32, id: &[u8; 16]) -> bool {
        self.slots[slot as usize].as_ref().is_some_and(|trace| trace.id == *id)
    }

    fn hash(&self, id: &[u8; 16]) -> u64 {
        hash(&self.hasher, id)
    }
}

fn hash(hasher: &foldhash::fast::RandomState, id: &[u8; 16]) -> u64 {
    std::hash::BuildHasher::hash_one(hasher, u128::from_ne_bytes(*id))
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
