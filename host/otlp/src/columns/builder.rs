use super::attribute::{Scalar, scalar, values};
use super::row::{Cell, Row};
use super::{BytesColumn, Column, Intrinsic, ValueType, Values};
use crate::wire::put_varint;

/// Where a column's values come from in a [`Row`], and what they look like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// A position in [`Row::intrinsics`].
    Intrinsic(usize, Shape),
    /// A position in [`Row::keys`].
    Attribute(usize, ValueType),
    /// [`Row::attributes`].
    AllAttributes,
}

/// What a column of an intrinsic looks like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Bytes; what is not on the wire is empty, and present as far as one can tell.
    Text,
    /// Bytes that may be absent.
    Message,
    /// An id of so many bytes; all zeros stand for none, and are not present.
    Id(usize),
    U8,
    U32,
    U64,
    /// A double that may be absent.
    Double,
}

impl Shape {
    pub(super) fn of(intrinsic: Intrinsic) -> Self {
        match intrinsic {
            Intrinsic::TraceId => Self::Id(16),
            Intrinsic::SpanId | Intrinsic::ParentSpanId => Self::Id(8),
            Intrinsic::Name
            | Intrinsic::Version
            | Intrinsic::SchemaUrl
            | Intrinsic::StatusMessage
            | Intrinsic::Tracestate
            | Intrinsic::SeverityText
            | Intrinsic::Unit => Self::Text,
            Intrinsic::Body => Self::Message,
            Intrinsic::Kind
            | Intrinsic::StatusCode
            | Intrinsic::Flags
            | Intrinsic::SeverityNumber
            | Intrinsic::DroppedCount
            | Intrinsic::DroppedEventsCount
            | Intrinsic::DroppedLinksCount
            | Intrinsic::SpanCount
            | Intrinsic::ByteSize => Self::U32,
            Intrinsic::Type | Intrinsic::Temporality | Intrinsic::Monotonic | Intrinsic::Trigger => Self::U8,
            Intrinsic::Start
            | Intrinsic::End
            | Intrinsic::Time
            | Intrinsic::ObservedTime
            | Intrinsic::Received => Self::U64,
            Intrinsic::Value => Self::Double,
        }
    }
}

/// Builds one column, row by row.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    source: Source,
    values: Values,
    presence: Presence,
}

impl ColumnBuilder {
    /// A column of `rows` rows, whose messages are `bytes` long together.
    pub(super) fn new(source: Source, rows: usize, bytes: usize) -> Self {
        /// Most texts are shorter than this; those columns are allocated once.
        const TEXT: usize = 24;
        let text = || Values::Bytes(BytesColumn::with_capacity(rows, bytes.min(rows * TEXT)));
        let values = match source {
            Source::Intrinsic(_, Shape::Text | Shape::Message) => text(),
            Source::Intrinsic(_, Shape::Id(width)) => Values::Fixed(Vec::with_capacity(rows * width)),
            Source::Intrinsic(_, Shape::U8) => Values::U8s(Vec::with_capacity(rows)),
            Source::Intrinsic(_, Shape::U32) => Values::U32s(Vec::with_capacity(rows)),
            Source::Intrinsic(_, Shape::U64) => Values::U64s(Vec::with_capacity(rows)),
            Source::Intrinsic(_, Shape::Double) => Values::F64s(Vec::with_capacity(rows)),
            Source::Attribute(_, ValueType::Text | ValueType::Any) => text(),
            Source::Attribute(_, ValueType::Int) => Values::S64s(Vec::with_capacity(rows)),
            Source::Attribute(_, ValueType::Double) => Values::F64s(Vec::with_capacity(rows)),
            Source::Attribute(_, ValueType::Boolean) => Values::U8s(Vec::with_capacity(rows)),
            Source::AllAttributes => Values::Bytes(BytesColumn::with_capacity(rows, bytes)),
        };
        Self { source, values, presence: Presence::default() }
    }

    /// Appends what was found of a row.
    pub(super) fn push(&mut self, row: &Row<'_>) {
        match self.source {
            Source::Intrinsic(cell, shape) => self.push_intrinsic(row.intrinsics[cell], shape),
            Source::Attribute(key, value_type) => self.push_attribute(row.keys[key], value_type),
            Source::AllAttributes => {
                self.push_attributes(&row.attributes);
                self.presence.push(true);
            }
        }
    }

    pub(super) fn finish(self) -> Column {
        Column { values: self.values, present: self.presence.finish() }
    }

    fn push_intrinsic(&mut self, cell: Cell<'_>, shape: Shape) {
        let (bytes, number): (&[u8], u64) = match cell {
            Cell::Absent => (&[], 0),
            Cell::Bytes(bytes) => (bytes, 0),
            Cell::Number(number) => (&[], number),
        };
        let mut present = true;
        match (&mut self.values, shape) {
            (Values::Bytes(column), _) => {
                column.push(bytes);
                present = matches!(shape, Shape::Text) || cell != Cell::Absent;
            }
            (Values::Fixed(column), Shape::Id(width)) => {
                let id = if bytes.len() == width { bytes } else { &[0; 16][..width] };
                column.extend_from_slice(id);
                present = id.iter().any(|byte| *byte != 0);
            }
            // Enumerations end at 255 by far; a number of the future reads as unspecified.
            (Values::U8s(column), _) => column.push(u8::try_from(number).unwrap_or(0)),
            // As a decoder does: of a varint, the lower 32 bits.
            (Values::U32s(column), _) => column.push(number as u32),
            (Values::U64s(column), _) => column.push(number),
            (Values::F64s(column), _) => {
                column.push(f64::from_bits(number));
                present = cell != Cell::Absent;
            }
            (Values::Fixed(_) | Values::S64s(_), _) => {}
        }
        self.presence.push(present);
    }

    fn push_attribute(&mut self, pair: Option<&[u8]>, value_type: ValueType) {
        self.presence.push(pair.is_some());
        let pair = pair.unwrap_or_default();
        match (&mut self.values, value_type, scalar(pair)) {
            (Values::Bytes(column), ValueType::Any, _) => column.push_all(values(pair)),
            (Values::Bytes(column), _, Scalar::Text(text)) => column.push(text),
            (Values::Bytes(column), ..) => column.push(&[]),
            (Values::S64s(column), _, Scalar::Integer(number)) => column.push(number),
            (Values::S64s(column), ..) => column.push(0),
            (Values::F64s(column), _, Scalar::Double(number)) => column.push(number),
            (Values::F64s(column), ..) => column.push(0.0),
            (Values::U8s(column), _, value) => column.push(u8::from(value == Scalar::Boolean(true))),
            _ => {}
        }
    }

    /// The attributes as an encoded `KeyValueList`: its only field is number 1.
    fn push_attributes(&mut self, pairs: &[&[u8]]) {
        if let Values::Bytes(column) = &mut self.values {
            for pair in pairs {
                column.data.push(0x0a);
                put_varint(&mut column.data, pair.len() as u64);
                column.data.extend_from_slice(pair);
            }
            column.end_row();
        }
    }
}

impl BytesColumn {
    /// No rows yet, and room for some.
    pub(super) fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, data: Vec::with_capacity(bytes) }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
        self.end_row();
    }

    /// A row of several pieces.
    fn push_all<'a>(&mut self, pieces: impl Iterator<Item = &'a [u8]>) {
        pieces.for_each(|piece| self.data.extend_from_slice(piece));
        self.end_row();
    }

    /// Ends the row whose bytes were appended to `data`.
    pub(super) fn end_row(&mut self) {
        // Less than the body, which has at most 4 GiB.
        self.offsets.push(self.data.len() as u32);
    }
}

/// A bitmap of rows that is not there as long as all are present.
#[derive(Debug, Default)]
pub(super) struct Presence {
    rows: usize,
    bitmap: Vec<u8>,
}

impl Presence {
    #[inline]
    pub(super) fn push(&mut self, present: bool) {
        if !present || !self.bitmap.is_empty() {
            self.note(present);
        }
        self.rows += 1;
    }

    fn note(&mut self, present: bool) {
        if self.bitmap.is_empty() {
            self.bitmap = vec![0xff; self.rows / 8];
            self.bitmap.push((1_u8 << (self.rows % 8)) - 1);
        } else if self.rows.is_multiple_of(8) {
            self.bitmap.push(0);
        }
        if let Some(last) = self.bitmap.last_mut() {
            *last |= u8::from(present) << (self.rows % 8);
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bitmap
    }
}
