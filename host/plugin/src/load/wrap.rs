use std::borrow::Cow;

use wit_component::ComponentEncoder;

use crate::error::LoadFault;

/// `\0asm`, and the version that tells core modules from components.
const MODULE: [u8; 8] = *b"\0asm\x01\0\0\0";
const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// The bytes as a component: as they are, or a core module wrapped by what its component-type metadata
/// says, which wit-bindgen leaves in it. Authors need no tool for that beyond cargo.
pub(super) fn component(bytes: &[u8]) -> Result<Cow<'_, [u8]>, LoadFault> {
    if bytes.starts_with(&COMPONENT) {
        return Ok(Cow::Borrowed(bytes));
    }
    if !bytes.starts_with(&MODULE) {
        return Err(LoadFault::NotWasm);
    }
    if !has_component_type(bytes) {
        return Err(LoadFault::NoComponentType);
    }
    let encoded = ComponentEncoder::default().module(bytes).and_then(|mut encoder| encoder.encode());
    encoded.map(Cow::Owned).map_err(|fault| LoadFault::Wrap(format!("{fault:#}")))
}

/// Whether a custom section of the name that wit-bindgen gives it can be in there at all.
fn has_component_type(module: &[u8]) -> bool {
    const NAME: &[u8] = b"component-type";
    module.windows(NAME.len()).any(|window| window == NAME)
}
