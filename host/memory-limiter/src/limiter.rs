use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use sluice_otlp::Payload;
use sluice_pipeline::{Consumer, Reason, Refusal, Reply, SharedConsumer};
use sluice_worker::Alive;
use tokio::time::MissedTickBehavior;

use crate::gate::{Change, Gate};
use crate::memory::MemoryError;
use crate::metrics::{Counters, MemoryLimiterMetrics};
use crate::settings::MemoryLimiterSettings;

/// A `memory_limiter`, which guards all pipelines that name it.
#[derive(Debug)]
pub struct MemoryLimiter {
    state: Arc<State>,
}

/// What the look-out and the guarded stages share.
#[derive(Debug)]
struct State {
    is_short: AtomicBool,
    retry_after: Duration,
    counters: Counters,
}

impl MemoryLimiter {
    /// Looks at memory now, and from then on every `check_interval` until the limiter and all that it guards are
    /// dropped. `used` says how much is in use, `total` how much the process may have. Needs a runtime.
    ///
    /// # Errors
    /// When `used` cannot tell now. When it cannot later, what it said last stands.
    pub fn start(
        settings: &MemoryLimiterSettings,
        total: u64,
        mut used: impl FnMut() -> Result<u64, MemoryError> + Send + 'static,
        metrics: &MemoryLimiterMetrics,
    ) -> Result<Self, MemoryError> {
        let soft_bytes = settings.limit.soft_bytes(total);
        let state = Arc::new(State {
            is_short: AtomicBool::new(false),
            retry_after: settings.check_interval,
            counters: metrics.counters(&settings.id),
        });
        let mut look_out = LookOut { id: settings.id.clone(), soft_bytes, gate: Gate::new(soft_bytes) };
        look_out.see(used()?, &state);
        tracing::info!(
            processor = settings.id,
            soft_limit_mib = mib(soft_bytes),
            "memory limiter configured"
        );
        tokio::spawn(watch(look_out, settings.check_interval, used, Arc::downgrade(&state)));
        Ok(Self { state })
    }

    /// The stage `next`, behind this limiter.
    #[must_use]
    pub fn before(&self, next: SharedConsumer) -> SharedConsumer {
        Arc::new(Guarded { state: Arc::clone(&self.state), next })
    }
}

/// Looks at memory until nobody asks any more.
async fn watch(
    mut look_out: LookOut,
    interval: Duration,
    mut used: impl FnMut() -> Result<u64, MemoryError> + Send,
    state: Weak<State>,
) {
    let _alive = Alive::new(format!("look-out of {}", look_out.id));
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_blind = false;
    loop {
        ticks.tick().await;
        let Some(state) = state.upgrade() else { return };
        match used() {
            Ok(bytes) => look_out.see(bytes, &state),
            Err(error) if !is_blind => {
                tracing::warn!(processor = look_out.id, %error, "memory cannot be measured now");
                is_blind = true;
                continue;
            }
            Err(_) => continue,
        }
        is_blind = false;
    }
}

/// Tells the stages, and the log in the Collector's words, when memory becomes short and when it no longer is.
struct LookOut {
    id: String,
    soft_bytes: u64,
    gate: Gate,
}

impl LookOut {
    fn see(&mut self, used_bytes: u64, state: &State) {
        let (cur_mem_mib, soft_limit_mib) = (mib(used_bytes), mib(self.soft_bytes));
        match self.gate.see(used_bytes) {
            None => {}
            Some(Change::Closed) => {
                state.is_short.store(true, Ordering::Relaxed);
                let message = "memory usage is above soft limit, refusing data";
                tracing::warn!(processor = self.id, cur_mem_mib, soft_limit_mib, "{message}");
            }
            Some(Change::Opened) => {
                state.is_short.store(false, Ordering::Relaxed);
                let message = "memory usage back within limits, resuming normal operation";
                tracing::info!(processor = self.id, cur_mem_mib, soft_limit_mib, "{message}");
            }
        }
    }
}

fn mib(bytes: u64) -> u64 {
    bytes >> 20
}

/// A stage behind a limiter.
struct Guarded {
    state: Arc<State>,
    next: SharedConsumer,
}

impl Consumer for Guarded {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        let counters = self.state.counters.of(payload.signal());
        let items = payload.items() as u64;
        if self.state.is_short.load(Ordering::Relaxed) {
            counters.refused.inc_by(items);
            let refusal = Refusal::new(Reason::Overloaded, "data refused due to high memory usage")
                .retry_after(self.state.retry_after);
            return ready(Err(refusal)).boxed();
        }
        counters.accepted.inc_by(items);
        self.next.consume(payload)
    }
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;
