//! What [`export_routing_key!`](crate::export_routing_key) and [`export_policy!`](crate::export_policy) put
//! behind the plugin's exports.
//!
//! Public for the macros alone.

use std::cell::RefCell;

use crate::bindings::sluice::plugin::columns::{Batch, Column, Signal};
use crate::bindings::{self, Description};
use crate::plan::{Plan, RoutingKey};
use crate::policy::{self, Options, Policy};
use crate::settings;

thread_local! {
    /// The plan of this instance; an instance has one thread.
    static CONFIGURED: RefCell<Option<Plan>> = const { RefCell::new(None) };

    /// The same, where the instance is one of a policy.
    static CONFIGURED_POLICY: RefCell<Option<policy::Plan>> = const { RefCell::new(None) };
}

/// Behind `describe`.
#[must_use]
pub fn describe(name: &str, version: &str, summary: &str, settings: &str) -> Description {
    Description {
        name: name.to_owned(),
        version: version.to_owned(),
        summary: summary.to_owned(),
        settings: settings.to_owned(),
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

/// Behind a policy's `configure`.
///
/// # Errors
/// What is wrong with the settings, in words.
pub fn configure_policy<P: Policy>(
    settings: &str,
    options: Options,
) -> Result<bindings::policy::Inputs, String> {
    log_panics();
    let plan = policy::Plan::of::<P>(settings, options)?;
    let raw = plan.to_raw();
    CONFIGURED_POLICY.with_borrow_mut(|configured| *configured = Some(plan));
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

/// Behind `decide`.
///
/// # Errors
/// What the plugin says, or that the host did not keep to the contract.
pub fn decide(batch: Batch) -> Result<bindings::policy::Verdicts, String> {
    CONFIGURED_POLICY.with_borrow(|configured| {
        let plan = configured.as_ref().ok_or("`decide` was called before `configure`")?;
        Ok(plan.decide(batch)?.into_raw())
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
                    $crate::export::describe(
                        <$key as $crate::RoutingKey>::NAME,
                        env!("CARGO_PKG_VERSION"),
                        env!("CARGO_PKG_DESCRIPTION"),
                        <$key as $crate::RoutingKey>::SETTINGS,
                    )
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

/// Makes a plugin of a [`Policy`]: once in a crate, which is built as a `cdylib`.
///
/// The plugin's version and summary are those of the crate. Natively it does nothing, so that the same
/// crate can be tested.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::policy::{Description, Guest, Inputs, Options, Verdicts};
            use $crate::bindings::sluice::plugin::columns::Batch;

            struct Exported;

            impl Guest for Exported {
                fn describe() -> Description {
                    $crate::export::describe(
                        <$policy as $crate::policy::Policy>::NAME,
                        env!("CARGO_PKG_VERSION"),
                        env!("CARGO_PKG_DESCRIPTION"),
                        <$policy as $crate::policy::Policy>::SETTINGS,
                    )
                }

                fn configure(settings: String, options: Options) -> Result<Inputs, String> {
                    $crate::export::configure_policy::<$policy>(&settings, options)
                }

                fn decide(batch: Batch) -> Result<Verdicts, String> {
                    $crate::export::decide(batch)
                }
            }

    $crate::bindings::policy::export!(Exported with_types_in $crate::bindings::policy);
        };
    };
}
