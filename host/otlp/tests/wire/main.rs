//! Scanning, splitting and merging, by property: any valid request, any routing, any bytes.

#![allow(clippy::unwrap_used, reason = "a failed check is a failed test")]

mod checks;
mod merging;
mod scanning;
mod smoke;
mod splitting;

use proptest::prelude::ProptestConfig;

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(count: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: count, ..default },
    }
}
