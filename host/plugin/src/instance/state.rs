use std::sync::Arc;

use super::Limiter;
use super::voice::{Level, Voice};
use crate::bindings::sluice::plugin::{columns, counter, log, types};

/// What the host keeps for an instance: its limits, and where its imports lead to.
pub(crate) struct State {
    pub(super) limiter: Limiter,
    voice: Arc<Voice>,
}

impl State {
    pub(crate) fn new(max_memory: usize, voice: Arc<Voice>) -> Self {
        Self { limiter: Limiter::new(max_memory), voice }
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

impl counter::Host for State {
    fn add(&mut self, name: String, by: u64) {
        self.voice.count(&name, by);
    }
}
