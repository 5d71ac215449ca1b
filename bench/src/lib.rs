//! Benchmarks: what they share, and those that are programs.
//!
//! - [`requests`]: the requests that are measured with.
//! - [`load`]: client -> sluice -> four backends, as processes (`--bin load`).
//! - [`routing_path`]: what a plugin costs on the way from bytes to parts (`--bin routing_path`).
//! - [`sampling`]: what a tail sampler costs and holds (`--bin sampling`).
//!
//! Benchmarks of single functions are in `benches/`.

pub mod load;
pub mod requests;
pub mod routing_path;
pub mod sampling;
