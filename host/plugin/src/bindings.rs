//! The contract in Rust: generated from the WIT package, nothing else.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::redundant_closure_for_method_calls,
    reason = "generated code; what it means is documented in wit/sluice-plugin.wit"
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "sluice:plugin/routing-key",
});

/// The world of sampling policies; what both worlds have is the routing key's.
pub(crate) mod policy {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "sluice:plugin/policy",
        with: {
            "sluice:plugin/columns@0.1.0": crate::bindings::sluice::plugin::columns,
            "sluice:plugin/types@0.1.0": crate::bindings::sluice::plugin::types,
            "sluice:plugin/log@0.1.0": crate::bindings::sluice::plugin::log,
            "sluice:plugin/counter@0.1.0": crate::bindings::sluice::plugin::counter,
        },
    });
}
