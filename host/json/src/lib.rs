//! OTLP/JSON, straight from bytes to bytes: [`decode()`] makes the wire format of it where it comes in,
//! [`encode()`] makes it of the wire format where it goes out. No message tree is built in between.
//!
//! Both go by one table of OTLP's messages (`schema`), which is what OTLP/JSON adds to the wire format: names
//! and types. Neighbours: the receiver decodes at the edge, so that nothing behind it knows of JSON; the
//! `file` exporter encodes.
//!
//! Invariants:
//! - What [`decode()`] gives is well-formed for `sluice-otlp`'s scanner: depth, ids and wire types included.
//! - Decoding what was encoded gives the same message, as far as the table knows its fields.
//! - No bytes make either panic; the depth of both is bounded, and so is what decoding makes.

mod decode;
mod encode;
mod schema;

pub use decode::{DecodeError, decode};
pub use encode::encode;
