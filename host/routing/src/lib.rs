//! The load-balancing exporter: a plugin makes the keys, a ring of backends has them.
//!
//! A payload takes this way: the plugin of its signal gives each item a key, [`Placement`] finds the backend
//! of each distinct key, the request is split into one part per backend, and each part is handed to its
//! backend's lane, all at the same time. What fails is sent again, by the ring of then; what was accepted never is.
//!
//! Two levels, as with the Collector. Level 2 is a backend's lane, with its queue and retries. Level 1 is
//! everything here that is not bound to a backend: the queue of unrouted payloads where one is configured,
//! and what lanes hand back when their backend has gone or their retries are used up.
//!
//! Invariants: the data path takes no lock; a change of backends is one swap of a pointer, prepared off the
//! data path. Every item is taken by a backend, rejected with a count, refused to the client, or counted as
//! lost with a reason; once.
//!
//! Neighbours: `sluice-ring` has the ring, `sluice-resolver` the endpoints, `sluice-plugin` the keys,
//! `sluice-exporter` the lanes. Receivers and processors see a [`Consumer`](sluice_pipeline::Consumer).

mod balancer;
mod delivery;
mod level_one;
mod metrics;
mod router;
mod settings;
mod shared;
mod table;

pub use balancer::LoadBalancer;
pub use metrics::RoutingMetrics;
pub use settings::{LoadBalancerSettings, RoutingKeys};
pub use table::Placement;
