//! From one request to one request per bucket, and to requests of bounded size.
//!
//! A part repeats the headers of the resources, scopes and metrics whose leaves it holds, and no
//! others; leaves and header fields are copied as they are, so fields of the future survive. Leaves
//! keep their order, and those of one source scope stay in one scope entry. A part is measured first
//! and then written into one allocation of exactly its size.
//!
//! What has no leaves goes once: a resource, scope or metric without leaves goes with the first part
//! that holds its parent, top-level fields of the future go with the first part of all.

mod assign;
mod leafless;
mod nest;
mod packer;
mod piece;
mod plan;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

use crate::{Request, RequestMetadata, SenderHeaders, Signal};
use assign::Assignment;
use packer::Packer;
use piece::Piece;

/// In place of a bucket: the leaf is left out of all parts, for instance since it was rejected.
pub const LEFT_OUT: u32 = u32::MAX;

/// A request in parts.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// By bucket, in ascending order; where a bucket has several parts, in the order of their leaves.
    pub parts: Vec<Part>,
    /// What is in no part, since alone it would make a part that is too large.
    pub oversize: Vec<Oversize>,
}

/// An outgoing request for one backend.
#[derive(Clone, Debug)]
pub struct Part {
    /// The number of the backend in the routing table that the split was made for.
    pub bucket: u32,
    /// What it carries.
    pub signal: Signal,
    /// A serialized `Export{Trace,Logs,Metrics}ServiceRequest`.
    pub body: Bytes,
    /// Spans, log records or data points in it; at least one, but for what stood in the way of a leaf.
    pub items: u32,
    /// What was known of the client requests that it is made of, where whoever split it keeps that: as
    /// [`Payload::metadata`](crate::Payload::metadata), but that a single row may count other resources.
    pub metadata: Option<Arc<[RequestMetadata]>>,
    /// What leaves with it of its senders' headers, where a rule asks for them; the same for all that is in it.
    pub sender: Option<SenderHeaders>,
}

impl Part {
    /// The part in two, as [`halve`], for the same backend. Metadata of several requests does not survive:
    /// which of them is in which half is not known.
    #[must_use]
    pub fn halve(&self) -> Option<(Self, Self)> {
        let (first, second) = halve(self.signal, &self.body)?;
        let metadata = self.metadata.as_ref().filter(|rows| rows.len() == 1);
        let half = |half: Self| Self {
            bucket: self.bucket,
            metadata: metadata.cloned(),
            sender: self.sender.clone(),
            ..half
        };
        Some((half(first), half(second)))
    }
}

/// Something that is too large to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oversize {
    /// Where it should have gone.
    pub bucket: u32,
    /// How large a request with it alone would be, in bytes.
    pub bytes: usize,
    /// 1 for a leaf; 0 for a resource, scope or metric without leaves, or a top-level field of the future.
    pub items: u32,
}

/// Makes one request for each bucket, or several where one would be larger than `max_bytes`.
///
/// `buckets` has a bucket below `bucket_count`, or [`LEFT_OUT`], for each leaf. A request all of
/// whose leaves go to one bucket is passed on without being copied; one without leaves gives no parts.
/// Takes time linear in leaves, buckets and bytes written, and allocates once per part, beside a few
/// tables of its own.
#[must_use]
pub fn split(request: &Request, buckets: &[u32], bucket_count: usize, max_bytes: usize) -> Split {
    debug_assert_eq!(buckets.len(), request.items(), "a bucket for each leaf");
    if let Some(part) = whole(request, buckets, max_bytes) {
        return Split { parts: vec![part], oversize: Vec::new() };
    }
    let assignment = Assignment::new(buckets, bucket_count);
    let leafless = leafless::collect(request.index(), buckets, &assignment);
    let mut leafless = leafless.into_iter().peekable();
    let mut packer = Packer::new(request, max_bytes);
    for (bucket, leaves) in assignment.iter() {
        packer.begin(bucket);
        for &row in leaves {
            let Some(leaf) = request.index().leaves.get(row as usize) else { continue };
            while let Some(between) = leafless.next_if(|piece| piece.comes_before(bucket, leaf)) {
                packer.add(between.piece);
            }
            packer.add(Piece::leaf(request.signal(), leaf));
        }
        while let Some(behind) = leafless.next_if(|piece| piece.bucket == bucket) {
            packer.add(behind.piece);
        }
        packer.end();
    }
    packer.into_split()
}

/// Cuts a request into parts of at most `max_bytes`, all for bucket 0. One that fits is passed on as it is.
#[must_use]
pub fn cut(request: &Request, max_bytes: usize) -> Split {
    split(request, &vec![0; request.items()], 1, max_bytes)
}

/// Cuts a request in two of about the same size, both for bucket 0, for a receiver that found it too large.
///
/// `None`: it has no two leaves, or is no request of this signal.
#[must_use]
pub fn halve(signal: Signal, body: &Bytes) -> Option<(Part, Part)> {
    let request = Request::scan(signal, body.clone()).ok()?;
    let leaves = &request.index().leaves;
    let last = leaves.len().checked_sub(1).filter(|last| *last > 0)?;
    let middle = body.len() / 2;
    let first_half = leaves.partition_point(|leaf| (leaf.end as usize) <= middle).clamp(1, last);
    let mut buckets = vec![0; leaves.len()];
    buckets[first_half..].fill(1);
    let mut parts = split(&request, &buckets, 2, usize::MAX).parts.into_iter();
    let (first, second) = (parts.next()?, parts.next()?);
    Some((first, Part { bucket: 0, ..second }))
}

/// The request itself, where all of it goes to one bucket and fits.
fn whole(request: &Request, buckets: &[u32], max_bytes: usize) -> Option<Part> {
    let &bucket = buckets.first()?;
    let body = request.body();
    let alone = bucket != LEFT_OUT && buckets.iter().all(|other| *other == bucket);
    (alone && body.len() <= max_bytes).then(|| Part {
        bucket,
        signal: request.signal(),
        body: body.clone(),
        items: buckets.len() as u32,
        metadata: None,
        sender: None,
    })
}
