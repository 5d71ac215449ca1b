use super::attribute::key;
use super::key::{Key, tail};
use super::{Intrinsic, Table};

/// What is wanted of the rows of a table.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Fields of OTLP, each once.
    pub(super) intrinsics: Vec<Intrinsic>,
    /// Keys of attributes, each once.
    pub(super) keys: Vec<Key>,
    /// Whether all attributes are wanted, as they are.
    pub(super) all_attributes: bool,
    /// Tables whose rows lie in this table's.
    pub(super) children: Vec<Table>,
}

/// What was found of one row, in the order of [`Wanted`]. Reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) intrinsics: Vec<Cell<'a>>,
    /// The encoded `KeyValue` of each key that was found.
    pub(super) keys: Vec<Option<&'a [u8]>>,
    /// All `KeyValue`s, in wire order, where these are wanted.
    pub(super) attributes: Vec<&'a [u8]>,
    /// How many of `keys` are still to be found.
    pub(super) missing_keys: usize,
}

/// A field's value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Cell<'a> {
    #[default]
    Absent,
    /// Text, bytes or a message.
    Bytes(&'a [u8]),
    /// A number, or the bits of a double.
    Number(u64),
}

/// A row of a table that lies in the rows of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<'a> {
    /// The row that it lies in.
    pub(super) parent: u32,
    /// Its message.
    pub(super) message: &'a [u8],
}

impl Wanted {
    /// Where `intrinsic` goes; asks for it, where it was not yet.
    pub(super) fn intrinsic(&mut self, intrinsic: Intrinsic) -> usize {
        position_or_push(&mut self.intrinsics, intrinsic)
    }

    /// Where the attribute of this key goes; asks for it, where it was not yet.
    pub(super) fn key(&mut self, key: &str) -> usize {
        position_or_push(&mut self.keys, Key::new(key))
    }

    /// Whether the walk has to look at attributes.
    pub(super) fn has_attributes(&self) -> bool {
        self.all_attributes || !self.keys.is_empty()
    }
}

fn position_or_push<T: PartialEq>(list: &mut Vec<T>, value: T) -> usize {
    list.iter().position(|known| *known == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    })
}

impl<'a> Row<'a> {
    /// Forgets the row before.
    pub(super) fn begin(&mut self, wanted: &Wanted) {
        self.intrinsics.clear();
        self.intrinsics.resize(wanted.intrinsics.len(), Cell::Absent);
        self.keys.clear();
        self.keys.resize(wanted.keys.len(), None);
        self.attributes.clear();
        self.missing_keys = wanted.keys.len();
    }

    /// Takes note of an attribute. The first occurrence of a key counts.
    #[inline]
    pub(super) fn attribute(&mut self, wanted: &Wanted, pair: &'a [u8]) {
        if wanted.all_attributes {
            self.attributes.push(pair);
        }
        if self.missing_keys == 0 {
            return;
        }
        let key = key(pair);
        let tail = tail(key);
        if let Some(position) = wanted.keys.iter().position(|wanted| wanted.is(key, tail))
            && self.keys[position].is_none()
        {
            self.keys[position] = Some(pair);
            self.missing_keys -= 1;
        }
    }
}
