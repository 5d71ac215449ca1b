use crate::decode::{Block, Fields, Key};

/// The `nop` receiver, which has nothing to set.
pub(super) struct Nop;

impl Block for Nop {
    const KEYS: &'static [Key] = &[];

    fn fill(&mut self, _: &Fields<'_>) {}
}
