use sluice_otlp::wire::{Fields, Value, WireError};
use sluice_pipeline::Accepted;
use tonic::Code;

use super::ExportError;
use super::status::refused;

/// Reads an `Export*ServiceResponse`: the same for all three signals.
///
/// Field 1 `partial_success`: 1 is the number of rejected items, 2 the message.
pub(super) fn accepted(body: &[u8]) -> Result<Accepted, ExportError> {
    read(body).map_err(|error| refused(Code::Internal, format!("the server's answer is malformed: {error}")))
}

fn read(body: &[u8]) -> Result<Accepted, WireError> {
    let mut accepted = Accepted::all();
    let mut fields = Fields::new(body);
    while let Some(field) = fields.next_field()? {
        if let (1, Value::Bytes(partial)) = (field.number, field.value) {
            read_partial(partial, &mut accepted)?;
        }
    }
    Ok(accepted)
}

/// A field that comes twice counts as protobuf says: the last one does.
fn read_partial(bytes: &[u8], accepted: &mut Accepted) -> Result<(), WireError> {
    let mut fields = Fields::new(bytes);
    while let Some(field) = fields.next_field()? {
        match (field.number, field.value) {
            // An int64; a negative number makes no sense and counts as none.
            (1, Value::Varint(rejected)) => {
                accepted.rejected = if rejected >> 63 == 0 { rejected } else { 0 }
            }
            (2, Value::Bytes(text)) => accepted.message = String::from_utf8_lossy(text).into_owned(),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "partial_tests.rs"]
mod tests;
