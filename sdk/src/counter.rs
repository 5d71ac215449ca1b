//! Counters of a plugin's own: `sluice_plugin_counter_total{plugin, counter}`.

/// Adds to a counter. A plugin may have 64 of them.
pub fn add(name: &str, by: u64) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::sluice::plugin::counter::add(name, by);
    #[cfg(all(not(target_arch = "wasm32"), feature = "testing"))]
    crate::testing::recorder::count(name, by);
    #[cfg(all(not(target_arch = "wasm32"), not(feature = "testing")))]
    let _ = (name, by);
}
