//! What guests say to the outside: lines for the log and counters, both bounded.

mod counters;

use std::sync::Arc;
use std::time::Duration;

use counters::Counters;
use tracing::{debug, error, info, warn};

use crate::metrics::PluginMetrics;
use crate::text;
use crate::throttle::Throttle;

/// A plugin may write ten lines a second in the long run, and twenty at once.
const LINE_INTERVAL: Duration = Duration::from_millis(100);
const LINE_BURST: u32 = 20;

/// How much a line matters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// One for each name of a plugin: all its instances share it, and a reload neither fills its
/// allowance up again nor gives it more counters.
#[derive(Debug)]
pub(crate) struct Voice {
    plugin: Arc<str>,
    lines: Throttle,
    counters: Counters,
}

impl Voice {
    pub(crate) fn new(plugin: Arc<str>, metrics: &PluginMetrics) -> Self {
        let counters = Counters::new(&plugin, metrics);
        Self { plugin, lines: Throttle::new(LINE_INTERVAL, LINE_BURST), counters }
    }

    /// A line for the log.
    pub(crate) fn log(&self, level: Level, message: &str) {
        if !is_enabled(level) {
            return;
        }
        let Some(suppressed) = self.lines.admit() else { return };
        let plugin = &*self.plugin;
        let message = text::for_people(message);
        match level {
            Level::Debug => debug!(plugin, suppressed, "{message}"),
            Level::Info => info!(plugin, suppressed, "{message}"),
            Level::Warn => warn!(plugin, suppressed, "{message}"),
            Level::Error => error!(plugin, suppressed, "{message}"),
        }
    }

    /// Adds to one of the plugin's counters.
    pub(crate) fn count(&self, name: &str, by: u64) {
        if let Err(refusal) = self.counters.add(name, by) {
            self.log(Level::Warn, &refusal.to_string());
        }
    }
}

fn is_enabled(level: Level) -> bool {
    match level {
        Level::Debug => tracing::enabled!(tracing::Level::DEBUG),
        Level::Info => tracing::enabled!(tracing::Level::INFO),
        Level::Warn => tracing::enabled!(tracing::Level::WARN),
        Level::Error => tracing::enabled!(tracing::Level::ERROR),
    }
}
