use super::piece::{MAX_LEVELS, Piece};
use super::plan::Plan;
use crate::wire::field_len;
use crate::{Header, Index};

/// The messages that a part is in the middle of, one inside the other, and how large each is so far.
#[derive(Default)]
pub(super) struct Nest {
    /// How many messages are open: 0 none, 1 a resource, 2 a scope in it, and so on.
    levels: usize,
    /// The row of each.
    rows: [u32; MAX_LEVELS],
    /// The step of the plan that opens each.
    steps: [usize; MAX_LEVELS],
    /// Bytes of content of the part itself, and then of each open message; in each case without
    /// what is open inside of it.
    content: [usize; MAX_LEVELS + 1],
}

impl Nest {
    /// Bytes of the part, once all is closed.
    pub(super) fn size(&self) -> usize {
        self.content[0]
    }

    /// How many of the open messages a piece lies in.
    #[inline]
    pub(super) fn shared(&self, piece: &Piece, path: &[u32; MAX_LEVELS]) -> usize {
        let most = self.levels.min(piece.levels);
        (0..most).find(|level| self.rows[*level] != path[*level]).unwrap_or(most)
    }

    /// How large the part would be with one piece more, all messages closed.
    pub(super) fn size_with(&self, piece: &Piece, path: &[u32; MAX_LEVELS], index: &Index) -> usize {
        let shared = self.shared(piece, path);
        let ended =
            (shared..self.levels).rev().fold(0, |inner, level| field_len(self.content[level + 1] + inner));
        let added = nested(piece, path, shared, index);
        let innermost = self.content[shared] + ended + added;
        (0..shared).rev().fold(innermost, |inner, level| self.content[level] + field_len(inner))
    }

    /// Closes what the piece does not lie in, and opens what it does lie in.
    #[inline]
    pub(super) fn enter(&mut self, piece: &Piece, path: &[u32; MAX_LEVELS], index: &Index, plan: &mut Plan) {
        self.leave(self.shared(piece, path), plan);
        while self.levels < piece.levels {
            let (tag, header) = message(index, self.levels, path[self.levels]);
            self.rows[self.levels] = path[self.levels];
            self.steps[self.levels] = plan.open(tag, header);
            self.levels += 1;
            self.content[self.levels] = header.bytes as usize;
        }
        self.content[self.levels] += piece.len();
    }

    /// Closes messages until so many are open.
    #[inline]
    pub(super) fn leave(&mut self, levels: usize, plan: &mut Plan) {
        while self.levels > levels {
            let content = self.content[self.levels];
            self.levels -= 1;
            plan.close(self.steps[self.levels], content);
            self.content[self.levels] += field_len(content);
        }
    }
}

/// How large a part would be that has nothing but the piece in it.
pub(super) fn size_alone(piece: &Piece, path: &[u32; MAX_LEVELS], index: &Index) -> usize {
    nested(piece, path, 0, index)
}

/// A piece inside of its messages, from the level `outermost` inwards, with their headers.
fn nested(piece: &Piece, path: &[u32; MAX_LEVELS], outermost: usize, index: &Index) -> usize {
    (outermost..piece.levels).rev().fold(piece.len(), |inner, level| {
        let (_, header) = message(index, level, path[level]);
        field_len(header.bytes as usize + inner)
    })
}

/// The tag and header of the message in a row: of the resource at level 0, of the scope at 1, of the
/// metric at 2, of its data at 3.
fn message(index: &Index, level: usize, row: u32) -> (u8, Header) {
    const LENGTH_DELIMITED: u32 = 2;
    let row = row as usize;
    let header = |table: &[crate::Node]| table.get(row).map_or_else(Header::default, |node| node.header);
    let (field, header) = match level {
        0 => (1, header(&index.resources)),
        1 => (2, header(&index.scopes)),
        2 => (2, header(&index.metrics)),
        _ => index.data.get(row).map_or((0, Header::default()), |data| (data.field, data.header)),
    };
    ((field << 3 | LENGTH_DELIMITED) as u8, header)
}
