//! The one place where the host trusts bytes to be machine code.

#![allow(
    unsafe_code,
    reason = "loading compiled code cannot be made safe; the contract is written down below"
)]

use wasmtime::Engine;
use wasmtime::component::Component;

use super::entry::Authentic;

/// Loads compiled code.
///
/// # Errors
/// When another version or configuration of the engine compiled it, or another machine than this.
pub(super) fn load(engine: &Engine, authentic: Authentic<'_>) -> wasmtime::Result<Component> {
    // SAFETY: `Component::deserialize` asks that the bytes come from `Component::serialize` or
    // `Engine::precompile_component` and were not altered since; it checks version, configuration and
    // CPU features by itself. `Authentic` is only ever made of bytes whose keyed MAC was checked, over
    // the same slice, in memory that nobody else writes to; and only `CacheDirectory::store` computes
    // that MAC, over what `Component::serialize` gave it. The key lies in a file that no other user can
    // read. Who can read or write it runs as us, and needs no cache to run code.
    unsafe { Component::deserialize(engine, authentic.code()) }
}
