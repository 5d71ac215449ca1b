//! Lines for the gateway's log.
//!
//! They appear under the plugin's name, limited in rate and cut at 1 KiB each. A line for every row is
//! never a good idea.

/// How much a line matters.
pub use crate::bindings::sluice::plugin::log::Level;

/// Writes a line.
pub fn write(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::sluice::plugin::log::write(level, message);
    #[cfg(all(not(target_arch = "wasm32"), feature = "testing"))]
    crate::testing::recorder::log(level, message);
    #[cfg(all(not(target_arch = "wasm32"), not(feature = "testing")))]
    let _ = (level, message);
}

/// For those who look for a fault.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// Worth knowing.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Something that someone should look at.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// Something that does not work.
pub fn error(message: &str) {
    write(Level::Error, message);
}
