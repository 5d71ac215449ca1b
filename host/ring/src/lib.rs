//! The consistent-hash ring of the Collector's load-balancing exporter, in its three generations, and a balanced one
//! of our own.
//!
//! A ring answers one question: which backend has this key? Sluice and Collectors that know the same
//! endpoints give the same answer, so they can share a tier; that is why everything here (the hash, the
//! number of points, the probing) is taken over bit by bit and not up for improvement. What is ours is the
//! look-up: a bitmap with counts in place of a binary search. Who does not share a tier with Collectors can have
//! [`Generation::Balanced`], where no backend has a longer arc than another, since there are no arcs.
//!
//! Words: a *slot* is a place on the ring, a *point* is a slot that a backend has taken, a key belongs to
//! the first point at or behind its slot.
//!
//! Pure: no clock, no sockets, no randomness. Neighbours: `sluice-resolver` yields the endpoints,
//! `sluice-routing` looks keys up.
//!
//! ```
//! use sluice_ring::{Generation, Ring};
//!
//! let ring = Ring::new(Generation::Three, &["10.0.0.1:4317", "10.0.0.2:4317"]);
//! let owner = ring.locate(b"service.name=checkout|").map(|endpoint| ring.endpoints()[endpoint].as_str());
//! assert_eq!(owner, Some("10.0.0.1:4317"));
//! ```

mod generation;
mod placing;
mod points;
mod rendezvous;
mod ring;

pub use generation::{Generation, UnknownGeneration};
pub use ring::Ring;
