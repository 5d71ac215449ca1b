//! Which instance of Sluice answers, and whether several do at one address.
//!
//! Whatever balances connections between the tiers, a Service with a cluster IP above all, undoes what the ring does: each
//! connection lands on another instance, and traces are split. Neither side sees it alone. So each process has an
//! [`InstanceId`], which it tells whoever asks for it with the header [`HEADER`], and who asks keeps [`Sightings`].
//!
//! Neighbours: `sluice-receiver` answers, the gRPC client of `sluice-exporter` asks for `sluice-routing`.
//!
//! Invariants: nobody gets the header that did not ask. What the other side answers is not trusted: it is 16 hex digits or
//! nothing, and what is remembered is bounded.

mod id;
mod sightings;

pub use id::{HEADER, InstanceId, QUESTION, answer};
pub use sightings::{Known, Seen, Sightings};
