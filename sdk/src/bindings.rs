//! What wit-bindgen makes of the WIT package, which lies beside this crate in its repository.
//!
//! The types are public, since they are the contract; a plugin's author rarely needs them.
//!
//! # Unsafe code
//!
//! This module, and what [`export_routing_key!`](crate::export_routing_key) and
//! [`export_policy!`](crate::export_policy) expand to in a plugin's crate, is all the unsafe code of a plugin. It is generated, and does two things:
//!
//! - imports (`log`, `counter`, `quota`): passes the address and length of a live `&str` to the host, which only
//!   reads from there, and only during the call;
//! - exports: makes a `Vec` or `String` of each address and length that the host passes. That is sound
//!   since the host got the memory from this instance's `cabi_realloc`, with the same length and
//!   alignment, wrote all of it, and gives it up with the call (Component Model, "Canonical ABI"). What
//!   goes back is kept until the host calls `cabi_post_*`, which frees it once.
//!
//! A host that breaks these rules can only harm the guest's own memory, and a guest cannot harm the
//! host. Natively the imports are never called and the exports do not exist.

wit_bindgen::generate!({
    world: "routing-key",
    path: "../wit",
    pub_export_macro: true,
    default_bindings_module: "sluice_sdk::bindings",
    export_macro_name: "export",
    additional_derives: [PartialEq],
});

/// The world of policies. What both worlds have is that of the world of routing keys.
pub mod policy {
    wit_bindgen::generate!({
        world: "policy",
        path: "../wit",
        with: {
            "sluice:plugin/columns@0.1.0": crate::bindings::sluice::plugin::columns,
            "sluice:plugin/types@0.1.0": crate::bindings::sluice::plugin::types,
            "sluice:plugin/log@0.1.0": crate::bindings::sluice::plugin::log,
            "sluice:plugin/counter@0.1.0": crate::bindings::sluice::plugin::counter,
        },
        pub_export_macro: true,
        default_bindings_module: "sluice_sdk::bindings::policy",
        export_macro_name: "export",
        additional_derives: [PartialEq],
    });
}
