//! Votes of each policy on traces that the Collector's tests have, or that were computed from its code.

mod attributes;
mod combinators;
mod composite;
mod conditions;
mod latency;
mod limiters;
mod probabilistic;
mod tracestate;
mod whole;
