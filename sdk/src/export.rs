//! What [`export_routing_key!`](crate::export_routing_key) puts behind the plugin's exports.
//!
//! Public for the macro alone.

use std::cell::RefCell;

use crate::bindings::sluice::plugin::columns::{Batch, Column, Signal};
use crate::bindings::{self, Description};
use crate::plan::{Plan, RoutingKey};
use crate::settings;

thread_local! {
    /// The plan of this instance; an instance has one thread.
    static CONFIGURED: RefCell<Option<Plan>> = const { RefCell::new(None) };
}

/// Behind `describe`.
#[must_use]
pub fn describe<K: RoutingKey>(version: &str, summary: &str) -> Description {
    Description {
        name: K::NAME.to_owned(),
        version: version.to_owned(),
        summary: summary.to_owned(),
        settings: K::SETTINGS.to_owned(),
    }
}

/// Behind `configure`.
///
/// # Errors
/// What is wrong with the settings or the plan, in words.
pub fn configure<K: RoutingKey>(settings: &str, signal: Signal) -> Result<bindings::Plan, String> {
    log_panics();
    let plan = settings::parse::<K>(settings)?.plan(signal)?;
    let raw = plan.to_raw();
    CONFIGURED.with_borrow_mut(|configured| *configured = Some(plan));
    Ok(raw)
}

/// Has a panic say in the gateway's log what and where it is, before it ends the call as a trap that says
/// nothing.
fn log_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log::error(&panic.to_string())));
}

/// Behind `keys`.
///
/// # Errors
/// What the plugin says, or that the host did not keep to the contract.
pub fn keys(stage: u32, batch: Batch) -> Result<Column, String> {
    CONFIGURED.with_borrow(|configured| {
        let plan = configured.as_ref().ok_or("`keys` was called before `configure`")?;
        Ok(plan.keys(stage, batch)?.into_raw())
    })
}

/// Makes a plugin of a [`RoutingKey`]: once in a crate, which is built as a `cdylib`.
///
/// The plugin's version and summary are those of the crate. Natively it does nothing, so that the same
/// crate can be tested.
#[macro_export]
macro_rules! export_routing_key {
    ($key:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::sluice::plugin::columns::{Batch, Column, Signal};

            struct Exported;

            impl $crate::bindings::Guest for Exported {
                fn describe() -> $crate::bindings::Description {
                    $crate::export::describe::<$key>(env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_DESCRIPTION"))
                }

                fn configure(settings: String, signal: Signal) -> Result<$crate::bindings::Plan, String> {
                    $crate::export::configure::<$key>(&settings, signal)
                }

                fn keys(stage: u32, batch: Batch) -> Result<Column, String> {
                    $crate::export::keys(stage, batch)
                }
            }

    $crate::bindings::export!(Exported with_types_in $crate::bindings);
        };
    };
}
