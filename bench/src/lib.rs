//! Benchmarks: what they share, and the two that are programs.
//!
//! - [`requests`]: the requests that are measured with.
//! - [`load`]: client -> sluice -> four backends, as processes (`--bin load`).
//! - [`routing_path`]: what a plugin costs on the way from bytes to parts (`--bin routing_path`).
//!
//! Benchmarks of single functions are in `benches/`.

pub mod load;
pub mod requests;
pub mod routing_path;
