//! The words of a configuration: durations, addresses, ids, secrets.

pub(crate) mod duration;
pub(crate) mod id;
pub(crate) mod listen;
pub(crate) mod secret;
