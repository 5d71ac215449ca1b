//! From a tag to what is done about the field: looked up, not searched.

use super::ScanErrorKind;
use super::schema::{Kind, Type};
use super::values::{Checked, fault};
use crate::wire::read_tag;

/// What is to be done with the bytes behind a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// The tag says too little by its first byte: it is long, unknown, or of the wrong wire type.
    Decode,
    /// The field is unknown: pass over it, by its wire type.
    Skip,
    Varint,
    PackedVarints,
    Fixed32,
    Fixed64,
    PackedFixed64s,
    Bytes,
    TraceId,
    KeyId,
    SpanId,
    /// A `KeyValue`: a message as well, but one that is worth a short cut.
    Attribute,
    Message(Type),
}

/// A row for each message, a column for each tag of one byte, which are those of the fields 1 to 15.
static ACTIONS: [[Action; 128]; Type::ALL.len()] = actions();

/// The beginning of a field: its tag was read.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// Where the field begins.
    pub(super) at: usize,
    /// Where its value begins, behind the tag.
    pub(super) value: usize,
    /// What is to be done with the value.
    pub(super) action: Action,
}

/// Reads the tag at `at`, which must lie inside `bytes`, of a field of `message`.
#[inline]
pub(super) fn head(message: Type, bytes: &[u8], at: usize) -> Checked<Head> {
    let tag = bytes[at];
    if tag < 0x80 {
        let action = ACTIONS[message as usize][tag as usize];
        if action != Action::Decode {
            return Ok(Head { at, value: at + 1, action });
        }
    }
    decode(message, bytes, at)
}

fn decode(message: Type, bytes: &[u8], at: usize) -> Checked<Head> {
    let (number, wire_type, value) = read_tag(bytes, at).map_err(|kind| fault(at, kind))?;
    let action = match message.fields().iter().find(|field| field.number == number) {
        Some(field) => by_wire_type(field.kind, wire_type)
            .ok_or_else(|| fault(at, ScanErrorKind::WireType(wire_type)))?,
        None => Action::Skip,
    };
    Ok(Head { at, value, action })
}

const fn by_wire_type(kind: Kind, wire_type: u8) -> Option<Action> {
    match (kind, wire_type) {
        (Kind::Varint | Kind::Varints, 0) => Some(Action::Varint),
        (Kind::Fixed64 | Kind::Fixed64s, 1) => Some(Action::Fixed64),
        (Kind::Fixed32, 5) => Some(Action::Fixed32),
        (Kind::Varints, 2) => Some(Action::PackedVarints),
        (Kind::Fixed64s, 2) => Some(Action::PackedFixed64s),
        (Kind::Bytes, 2) => Some(Action::Bytes),
        (Kind::TraceId, 2) => Some(Action::TraceId),
        (Kind::KeyId, 2) => Some(Action::KeyId),
        (Kind::SpanId, 2) => Some(Action::SpanId),
        (Kind::Many(Type::KeyValue), 2) => Some(Action::Attribute),
        (Kind::One(message) | Kind::Many(message), 2) => Some(Action::Message(message)),
        _ => None,
    }
}

const fn actions() -> [[Action; 128]; Type::ALL.len()] {
    let mut table = [[Action::Decode; 128]; Type::ALL.len()];
    let mut message = 0;
    while message < Type::ALL.len() {
        let fields = Type::ALL[message].fields();
        let mut field = 0;
        while field < fields.len() {
            let mut wire_type = 0;
            while wire_type < 8 && fields[field].number < 16 {
                let tag = (fields[field].number << 3) as usize | wire_type;
                if let Some(action) = by_wire_type(fields[field].kind, wire_type as u8) {
                    table[message][tag] = action;
                }
                wire_type += 1;
            }
            field += 1;
        }
        message += 1;
    }
    table
}
