//! One pass over a request's bytes: checks all of them, and says where its leaves are.
//!
//! The scanner accepts what a generated decoder accepts, with two exceptions: an id must be absent or
//! whole, and text is not checked for UTF-8 (whoever reads it does). The schema is a table, so a field
//! costs one load to decide; nothing is allocated but the tables of the [`Index`].

mod attribute;
mod check;
mod error;
mod path;
mod record;
mod schema;
mod table;
mod values;

#[cfg(test)]
mod tests;

pub use error::{ScanError, ScanErrorKind};

use crate::{Index, Signal};
use record::Recorder;

impl Index {
    /// Checks a serialized request, and finds its resources, scopes, metrics and leaves.
    ///
    /// # Errors
    /// When a decoder would refuse the bytes, when an id has another length than it must have, or when
    /// there are more than 4 GiB.
    pub fn scan(signal: Signal, body: &[u8]) -> Result<Self, ScanError> {
        if body.len() >= u32::MAX as usize {
            return Err(ScanError { at: 0, path: String::new(), kind: ScanErrorKind::TooLarge(body.len()) });
        }
        Recorder::new(signal, body).request().map_err(|fault| ScanError {
            at: fault.at,
            path: path::path(signal, body, fault.at),
            kind: fault.kind,
        })
    }
}
