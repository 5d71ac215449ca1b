use std::fmt::Write as _;

use serde::de::Error;
use sluice_otlp::wire::{put_varint, varint_len};

use super::DecodeError;

/// Wire types, as they stand in a tag.
#[derive(Clone, Copy)]
pub(super) enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// The wire bytes so far, and the place in the text that is being read.
pub(super) struct Output {
    bytes: Vec<u8>,
    max: usize,
    /// The fields that are open, outermost first. It is left as it is on an error, and then says where that is.
    path: Vec<Step>,
    is_full: bool,
}

/// A field on the way, and the element of it that is read where it has several.
struct Step {
    name: &'static str,
    element: Option<usize>,
}

/// An embedded message that was begun.
#[must_use]
pub(super) struct Open {
    content: usize,
}

impl Output {
    /// For a text of `length` bytes, and at most `max` wire bytes. JSON is nearly twice as long as the wire
    /// format, or longer, so that one allocation is usual.
    pub(super) fn new(length: usize, max: usize) -> Self {
        let bytes = Vec::with_capacity((length / 8 * 5).min(max));
        Self { bytes, max, path: Vec::with_capacity(16), is_full: false }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The error of the reader in the words of ours.
    pub(super) fn explain(&self, error: &serde_json::Error) -> DecodeError {
        if self.is_full {
            return DecodeError::TooLarge { max: self.max };
        }
        DecodeError::Malformed { path: self.place(), message: error.to_string() }
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for Step { name, element } in &self.path {
            let dot = if place.is_empty() { "" } else { "." };
            // Writing to a String does not fail.
            let _ = match element {
                Some(element) => write!(place, "{dot}{name}[{element}]"),
                None => write!(place, "{dot}{name}"),
            };
        }
        place
    }

    /// A field begins.
    pub(super) fn enter(&mut self, name: &'static str) {
        self.path.push(Step { name, element: None });
    }

    /// The element of the field that is read now.
    pub(super) fn element(&mut self, number: usize) {
        if let Some(step) = self.path.last_mut() {
            step.element = Some(number);
        }
    }

    /// The field has ended well.
    pub(super) fn leave<E: Error>(&mut self) -> Result<(), E> {
        self.path.pop();
        self.check()
    }

    /// Ends the reading once there are more bytes than allowed.
    pub(super) fn check<E: Error>(&mut self) -> Result<(), E> {
        self.is_full = self.bytes.len() > self.max;
        if self.is_full { Err(E::custom("too large")) } else { Ok(()) }
    }

    pub(super) fn tag(&mut self, number: u32, wire_type: WireType) {
        put_varint(&mut self.bytes, u64::from(number << 3 | wire_type as u32));
    }

    pub(super) fn varint(&mut self, value: u64) {
        put_varint(&mut self.bytes, value);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes with their length before them.
    pub(super) fn delimited(&mut self, bytes: &[u8]) {
        self.varint(bytes.len() as u64);
        self.raw(bytes);
    }

    /// For what appends to it by itself.
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Begins what has a length that is not known yet. Most messages of OTLP are attributes, shorter than 128
    /// bytes, so that one byte is kept for it.
    pub(super) fn open(&mut self) -> Open {
        self.bytes.push(0);
        Open { content: self.bytes.len() }
    }

    /// Writes the length; where one byte is too short for it, the content moves.
    pub(super) fn close(&mut self, open: Open) {
        let length = self.bytes.len() - open.content;
        let more = varint_len(length as u64) - 1;
        if more > 0 {
            let end = self.bytes.len();
            self.bytes.resize(end + more, 0);
            self.bytes.copy_within(open.content..end, open.content + more);
        }
        let mut rest = length;
        for byte in &mut self.bytes[open.content - 1..open.content + more] {
            *byte = (rest as u8 & 0x7f) | 0x80;
            rest >>= 7;
        }
        self.bytes[open.content + more - 1] &= 0x7f;
    }
}
