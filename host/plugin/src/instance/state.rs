use std::sync::Arc;

use super::Limiter;
use super::voice::{Level, Voice};
use crate::bindings::policy::sluice::plugin::quota;
use crate::bindings::sluice::plugin::{columns, counter, log, types};
use crate::policy::Draw;

/// What the host keeps for an instance: its limits, and where its imports lead to.
pub(crate) struct State {
    pub(super) limiter: Limiter,
    voice: Arc<Voice>,
    /// What a policy may draw on in the call that is under way.
    pub(super) draw: Option<Draw>,
}

impl State {
    pub(crate) fn new(max_memory: usize, voice: Arc<Voice>) -> Self {
        Self { limiter: Limiter::new(max_memory), voice, draw: None }
    }
}

impl columns::Host for State {}

impl types::Host for State {}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        self.voice.log(level, &message);
    }
}

impl quota::Host for State {
    fn available(&mut self, quota: u32) -> u64 {
        self.draw.as_ref().map_or(0, |draw| draw.available(quota))
    }

    fn take(&mut self, quota: u32, amount: u64) -> bool {
        self.draw.as_mut().is_some_and(|draw| draw.take(quota, amount))
    }
}

impl counter::Host for State {
    fn add(&mut self, name: String, by: u64) {
        self.voice.count(&name, by);
    }
}
