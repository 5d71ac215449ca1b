//! The WebAssembly engine: one for the process, set for short, bounded, untrusted calls.

mod ticker;

use std::num::NonZeroUsize;
use std::time::Duration;

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::bindings::{RoutingKey, policy};
use crate::instance::State;
use crate::{HostError, Limits};

/// Instances that may exist at once, over all plugins. Each reserves 4 GiB of addresses, not of memory.
const MAX_INSTANCES: u32 = 1000;
/// Core modules in one plugin: wit-component makes three of one.
const MAX_MODULES: u32 = 8;
/// Tables of one plugin.
pub(crate) const MAX_TABLES: u32 = 8;
/// Entries of one table: functions that are called indirectly.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 100_000;
/// Guest memory that stays with a freed slot, so that the next instance need not fault it in.
const KEEP_RESIDENT: usize = 1 << 20;
/// Frames of a trap's backtrace: enough to see where, without a page of it in the log.
const BACKTRACE_FRAMES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

/// The engine and what every plugin is linked with.
pub(crate) struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    /// How often the epoch moves on.
    tick: Duration,
}

impl Runtime {
    /// Sets the engine up and starts its clock.
    ///
    /// # Errors
    /// When the machine cannot run WebAssembly as we need it, or gives no thread.
    pub(crate) fn start(limits: &Limits) -> Result<Self, HostError> {
        let engine = engine(limits).map_err(|fault| HostError::Engine(format!("{fault:#}")))?;
        let linker = linker(&engine).map_err(|fault| HostError::Engine(format!("{fault:#}")))?;
        let tick = ticker::interval(limits.deadline);
        ticker::start(&engine, tick).map_err(HostError::Thread)?;
        Ok(Self { engine, linker, tick })
    }

    /// The deadline in ticks, one more than it takes, since the first may come at once. Never so many that
    /// the engine's clock would run over.
    pub(crate) fn ticks(&self, deadline: Duration) -> u64 {
        let ticks = deadline.as_nanos().div_ceil(self.tick.as_nanos().max(1));
        u64::try_from(ticks).unwrap_or(u64::MAX).min(u64::MAX / 2) + 1
    }
}

/// With instances from a pool, which makes one in microseconds; where addresses are short (a limit on
/// virtual memory, a small address space), with instances made when needed.
fn engine(limits: &Limits) -> wasmtime::Result<Engine> {
    Engine::new(&pooling(limits)).or_else(|fault| {
        tracing::info!(reason = format!("{fault:#}"), "plugin instances are not pooled");
        Engine::new(&on_demand(limits))
    })
}

fn pooling(limits: &Limits) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(MAX_INSTANCES)
        .total_core_instances(MAX_INSTANCES * MAX_MODULES)
        .total_memories(MAX_INSTANCES)
        .total_tables(MAX_INSTANCES * MAX_TABLES)
        .max_core_instances_per_component(MAX_MODULES)
        .max_memories_per_component(1)
        .max_tables_per_component(MAX_TABLES)
        .max_tables_per_module(MAX_TABLES)
        .table_elements(MAX_TABLE_ELEMENTS)
        .max_memory_size(limits.max_memory_bytes)
        .linear_memory_keep_resident(KEEP_RESIDENT);
    let mut config = base();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// Memories take no more addresses than they may grow to; bounds are then checked in code, which costs
/// some speed.
fn on_demand(limits: &Limits) -> Config {
    let mut config = base();
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    config.memory_reservation(limits.max_memory_bytes as u64);
    config.memory_reservation_for_growth(0);
    config.memory_guard_size(1 << 16);
    config
}

fn base() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    // A guest has one thread of its own and no futures; with concurrency a call costs twice as much.
    config.concurrency_support(false);
    config.epoch_interruption(true);
    config.cranelift_opt_level(OptLevel::Speed);
    config.wasm_backtrace_max_frames(Some(BACKTRACE_FRAMES));
    // Nobody unwinds through guests, and registering that is slow with many plugins.
    config.native_unwind_info(false);
    // Proposals that no plugin needs: less to attack.
    config.wasm_memory64(false);
    config.wasm_multi_memory(false);
    config.wasm_relaxed_simd(false);
    config.wasm_tail_call(false);
    config
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    RoutingKey::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut State| state)?;
    // All else that a policy imports, a routing key does too.
    policy::sluice::plugin::quota::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    Ok(linker)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
