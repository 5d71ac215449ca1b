use super::nest::{Nest, size_alone};
use super::piece::Piece;
use super::plan::Plan;
use super::{Oversize, Part, Split};
use crate::Request;

/// Packs pieces into parts, in wire order: as many as fit, then the next part.
pub(super) struct Packer<'a> {
    request: &'a Request,
    max_bytes: usize,
    /// Whether a part can get too large at all. It cannot where the request is within the bound:
    /// each message is opened at most once in a part, and is no larger there than in the request.
    bounded: bool,
    /// Whose part is packed.
    bucket: u32,
    plan: Plan,
    nest: Nest,
    items: u32,
    split: Split,
}

impl<'a> Packer<'a> {
    pub(super) fn new(request: &'a Request, max_bytes: usize) -> Self {
        Self {
            request,
            max_bytes,
            bounded: request.body().len() > max_bytes,
            bucket: 0,
            plan: Plan::default(),
            nest: Nest::default(),
            items: 0,
            split: Split::default(),
        }
    }

    /// From here on, pieces are for this bucket.
    pub(super) fn begin(&mut self, bucket: u32) {
        self.bucket = bucket;
    }

    /// Packs a piece into the part at hand, or else into the next.
    #[inline]
    pub(super) fn add(&mut self, piece: Piece) {
        let index = self.request.index();
        let path = piece.path(index);
        if self.bounded {
            let alone = size_alone(&piece, &path, index);
            if alone > self.max_bytes {
                let Piece { items, .. } = piece;
                return self.split.oversize.push(Oversize { bucket: self.bucket, bytes: alone, items });
            }
            if self.nest.size_with(&piece, &path, index) > self.max_bytes {
                self.end();
            }
        }
        self.nest.enter(&piece, &path, index, &mut self.plan);
        self.plan.copy(piece.start, piece.end);
        self.items += piece.items;
    }

    /// Writes the part at hand, if there is anything in it.
    pub(super) fn end(&mut self) {
        self.nest.leave(0, &mut self.plan);
        if self.nest.size() > 0 {
            let body = self.plan.write(self.request.body(), self.request.index(), self.nest.size());
            let signal = self.request.signal();
            let (bucket, items) = (self.bucket, self.items);
            self.split.parts.push(Part { bucket, signal, body, items, metadata: None, sender: None });
        }
        self.plan.clear();
        self.nest = Nest::default();
        self.items = 0;
    }

    /// What was packed.
    pub(super) fn into_split(self) -> Split {
        self.split
    }
}
