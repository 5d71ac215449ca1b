use crate::decode::{Block, Fields, Key};

/// The `forward` connector, which has nothing to set.
pub(super) struct Forward;

impl Block for Forward {
    const KEYS: &'static [Key] = &[];

    fn fill(&mut self, _: &Fields<'_>) {}
}
