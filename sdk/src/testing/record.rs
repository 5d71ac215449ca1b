//! What all parts of a request have in common.

use super::value::Value;
use crate::Signal;
use crate::bindings::sluice::plugin::columns::Intrinsic;

/// The value of an intrinsic field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// Text, bytes and ids.
    Bytes(Vec<u8>),
    /// Every whole number.
    Number(u64),
    /// A data point's value.
    Double(f64),
}

/// A resource, scope, item or point: its fields, attributes and what lies below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Of an item: what it is.
    pub(super) signal: Option<Signal>,
    pub(super) intrinsics: Vec<(Intrinsic, Scalar)>,
    pub(super) attributes: Vec<(String, Value)>,
    pub(super) children: Vec<Record>,
    /// Of a span.
    pub(super) events: Vec<Record>,
    /// Of a span.
    pub(super) links: Vec<Record>,
}

impl Record {
    pub(super) fn set(&mut self, intrinsic: Intrinsic, scalar: Scalar) {
        self.intrinsics.retain(|(known, _)| *known != intrinsic);
        self.intrinsics.push((intrinsic, scalar));
    }

    pub(super) fn get(&self, intrinsic: Intrinsic) -> Option<&Scalar> {
        self.intrinsics.iter().find(|(known, _)| *known == intrinsic).map(|(_, scalar)| scalar)
    }

    pub(super) fn set_number(&mut self, intrinsic: Intrinsic, number: u64) {
        self.set(intrinsic, Scalar::Number(number));
    }

    pub(super) fn number(&self, intrinsic: Intrinsic) -> Option<u64> {
        match self.get(intrinsic) {
            Some(Scalar::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The first value of a key, as in OTLP's getters.
    pub(super) fn attribute(&self, key: &str) -> Option<&Value> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The trace id, zeros where there is none.
    pub(super) fn trace_id(&self) -> Vec<u8> {
        match self.get(Intrinsic::TraceId) {
            Some(Scalar::Bytes(id)) => id.clone(),
            _ => vec![0; 16],
        }
    }
}
