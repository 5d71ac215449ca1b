use super::cursor::{Cursor, Raw};
use super::layout::{Layout, Read};
use super::row::{Cell, Child, Row, Wanted};

/// How to walk one kind of message, once, for everything that is wanted of it.
#[derive(Debug)]
pub(super) struct Walk {
    /// By field number: what to do.
    actions: [Action; FIELDS],
    /// A bit for each field number with anything to do. Most fields have none, and a branch for these is
    /// foretold better than a jump by action.
    wanted: u32,
    /// The walks of [`Action::Nested`].
    nested: Vec<Walk>,
    /// An intrinsic that is 0 and not absent when it is not on the wire.
    implicit: Option<usize>,
    /// Nothing but attributes by key: the walk may end when it has them all.
    only_keys: bool,
}

/// One more than the largest number in any [`Layout`].
const FIELDS: usize = 17;

#[derive(Clone, Copy, Debug)]
enum Action {
    Pass,
    /// Into this intrinsic.
    Store(u8, Read),
    Attribute,
    /// By this walk.
    Nested(u8),
    /// Into this list.
    Child(u8),
}

impl Walk {
    pub(super) fn new(layout: &Layout, wanted: &Wanted) -> Self {
        let intrinsic = |field| wanted.intrinsics.iter().position(|wanted| *wanted == field);
        let mut actions = [Action::Pass; FIELDS];
        for (number, field, read) in layout.singular {
            if let Some(cell) = intrinsic(*field) {
                actions[*number as usize] = Action::Store(cell as u8, *read);
            }
        }
        for (number, table) in layout.children {
            if let Some(child) = wanted.children.iter().position(|wanted| wanted == table) {
                actions[*number as usize] = Action::Child(child as u8);
            }
        }
        let mut nested = Vec::new();
        for (number, layout) in layout.nested {
            let walk = Self::new(layout, wanted);
            if !walk.is_empty() {
                actions[*number as usize] = Action::Nested(nested.len() as u8);
                nested.push(walk);
            }
        }
        if let Some(number) = layout.attributes.filter(|_| wanted.has_attributes()) {
            actions[number as usize] = Action::Attribute;
        }
        let implicit = layout.implicit.and_then(intrinsic);
        let only_keys = !wanted.keys.is_empty()
            && !wanted.all_attributes
            && implicit.is_none()
            && nested.iter().all(|walk| walk.only_keys)
            && !actions.iter().any(|action| matches!(action, Action::Store(..) | Action::Child(_)));
        let has_action = |(_, action): &(u32, &Action)| !matches!(action, Action::Pass);
        let wanted =
            (0..).zip(&actions).filter(has_action).fold(0, |wanted, (number, _)| wanted | 1 << number);
        Self { actions, wanted, nested, implicit, only_keys }
    }

    /// Whether there is nothing to find in this kind of message.
    pub(super) fn is_empty(&self) -> bool {
        self.implicit.is_none() && self.wanted == 0
    }

    /// Finds in `message`, or in a stretch of whole fields of it, what is wanted. Rows of other tables in
    /// it go to `children`, in the order of [`Wanted::children`], with `number`, that of the row itself.
    pub(super) fn run<'a>(
        &self,
        message: &'a [u8],
        wanted: &Wanted,
        row: &mut Row<'a>,
        number: u32,
        children: &mut [Vec<Child<'a>>],
    ) {
        if let Some(cell) = self.implicit {
            row.intrinsics[cell] = Cell::Number(0);
        }
        let mut cursor = Cursor::new(message);
        while let Some(piece) = cursor.next_of(self.wanted) {
            match (self.actions[piece.number as usize], piece.value) {
                (Action::Store(cell, read), value) => {
                    if let Some(value) = read.cell(value) {
                        row.intrinsics[usize::from(cell)] = value;
                    }
                }
                (Action::Attribute, Raw::Delimited(pair)) => row.attribute(wanted, pair),
                (Action::Nested(walk), Raw::Delimited(message)) => {
                    self.nested[usize::from(walk)].run(message, wanted, row, number, children);
                }
                (Action::Child(child), Raw::Delimited(message)) => {
                    children[usize::from(child)].push(Child { parent: number, message });
                }
                _ => continue,
            }
            if self.only_keys && row.missing_keys == 0 {
                return;
            }
        }
    }
}

impl Read {
    /// The cell for a value; `None` when it is not of the field's type.
    #[inline]
    fn cell(self, value: Raw<'_>) -> Option<Cell<'_>> {
        match (self, value) {
            (Self::Bytes, Raw::Delimited(bytes)) => Some(Cell::Bytes(bytes)),
            (Self::Varint, Raw::Varint(number)) | (Self::Fixed64, Raw::Fixed64(number)) => {
                Some(Cell::Number(number))
            }
            (Self::Fixed32, Raw::Fixed32(number)) => Some(Cell::Number(u64::from(number))),
            (Self::IntegerAsDouble, Raw::Fixed64(number)) => {
                Some(Cell::Number((number.cast_signed() as f64).to_bits()))
            }
            _ => None,
        }
    }
}
