use std::time::Duration;

use crate::decode::{Fields, Key};

/// What keeps a resolver from believing an answer that takes most of the backends away at once; off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResolverGuard {
    /// A list with fewer backends does not take the place of one with as many or more.
    pub min_backends: usize,
    /// A list with fewer than half of the backends must last for so long.
    pub hysteresis: Duration,
}

impl ResolverGuard {
    pub(super) const MIN_BACKENDS: Key =
        Key::new("min_backends", "number", "0", "keep the list when an answer would leave fewer; 0: never")
            .own();
    pub(super) const HYSTERESIS: Key = Key::new(
        "hysteresis",
        "duration",
        "0",
        "how long a loss of more than half must last before it is believed; 0: not at all",
    )
    .own();

    pub(super) fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("min_backends", &mut self.min_backends);
        fields.read("hysteresis", &mut self.hysteresis);
    }
}
