use std::time::Duration;

/// A moment, as it is handed to the sampler: nothing in here reads a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Since the sampler began, by a clock that never steps: what deadlines go by.
    pub steady: Duration,
    /// ns since the Unix epoch, by a clock that may step: what policies and limiters are told.
    pub unix_nanos: u64,
}
