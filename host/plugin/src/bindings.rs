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
