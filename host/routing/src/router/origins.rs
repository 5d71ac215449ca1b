//! Whose items are in a part: kept for keys that read headers or the connection, since a part may be routed
//! again.

use std::sync::Arc;

use sluice_otlp::{Part, Payload, Request, RequestMetadata, Split};

/// Gives each part the metadata of the client requests whose items it holds.
///
/// A payload of several requests that has items too large to be sent is left without: which part an item
/// would have been in is not known then.
pub(super) fn attach(payload: &Payload, buckets: &[u32], split: &mut Split) {
    if payload.metadata.len() == 1 {
        for part in &mut split.parts {
            part.metadata = Some(Arc::clone(&payload.metadata));
        }
    } else if split.oversize.is_empty() {
        let rows = rows_of_parts(payload, buckets, split);
        for (part, rows) in split.parts.iter_mut().zip(rows) {
            part.metadata = Some(rows.into());
        }
    }
}

/// A scanned part with the metadata that was attached to it, as far as that still fits.
pub(super) fn restore(request: Request, rows: Option<&[RequestMetadata]>) -> Payload {
    let mut payload = Payload::bare(request);
    let resources = payload.request.index().resources.len();
    match rows {
        Some([only]) => {
            payload.metadata = Arc::new([RequestMetadata { resources: resources as u32, ..only.clone() }]);
        }
        Some(rows) if rows.iter().map(|row| row.resources as usize).sum::<usize>() == resources => {
            payload.metadata = rows.into();
        }
        // What has no items went with one part only, and is in no row; or the part was halved.
        _ => {}
    }
    payload
}

/// For each part the requests that its resources are of, in the order in which the split has put them.
fn rows_of_parts(payload: &Payload, buckets: &[u32], split: &Split) -> Vec<Vec<RequestMetadata>> {
    let index = payload.request.index();
    let mut parts = vec![Rows::default(); split.parts.len()];
    let mut cursors = Cursors::new(&split.parts);
    let mut resources = index.resources.iter().enumerate();
    for (number, row) in payload.metadata.iter().enumerate() {
        for (resource, node) in resources.by_ref().take(row.resources as usize) {
            for leaf in index.leaves_of_resource(node) {
                let part = buckets.get(leaf as usize).and_then(|bucket| cursors.next(*bucket));
                if let Some(rows) = part.and_then(|part| parts.get_mut(part)) {
                    rows.add(number, row, resource);
                }
            }
        }
    }
    parts.into_iter().map(|part| part.rows).collect()
}

/// The requests of one part, so far.
#[derive(Clone, Default)]
struct Rows {
    rows: Vec<RequestMetadata>,
    /// The request and the resource that the last leaf was of.
    last: Option<(usize, usize)>,
}

impl Rows {
    /// Another leaf of the part is of this request and resource.
    fn add(&mut self, number: usize, row: &RequestMetadata, resource: usize) {
        match (self.last, self.rows.last_mut()) {
            (Some((_, last)), _) if last == resource => {}
            (Some((last, _)), Some(row)) if last == number => row.resources += 1,
            _ => self.rows.push(RequestMetadata { resources: 1, ..row.clone() }),
        }
        self.last = Some((number, resource));
    }
}

/// Which part of each bucket the next leaf is in.
struct Cursors<'a> {
    parts: &'a [Part],
    /// By bucket: the part, and how many more leaves it has.
    buckets: Vec<(usize, u32)>,
}

impl<'a> Cursors<'a> {
    fn new(parts: &'a [Part]) -> Self {
        let count = parts.last().map_or(0, |part| part.bucket as usize + 1);
        let mut buckets = vec![(0, 0); count];
        for (number, part) in parts.iter().enumerate().rev() {
            buckets[part.bucket as usize] = (number, part.items);
        }
        Self { parts, buckets }
    }

    /// The part of the next leaf of a bucket; `None` for a leaf that was left out.
    fn next(&mut self, bucket: u32) -> Option<usize> {
        let (part, left) = self.buckets.get_mut(bucket as usize)?;
        while *left == 0 {
            *part += 1;
            *left = self.parts.get(*part).filter(|next| next.bucket == bucket)?.items;
        }
        *left -= 1;
        Some(*part)
    }
}

#[cfg(test)]
#[path = "origins_tests.rs"]
mod tests;
