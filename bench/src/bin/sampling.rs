//! `cargo run --release -p sluice-bench --bin sampling`: see [`sluice_bench::sampling`].

use clap::Parser;
use sluice_bench::sampling::{Options, run};

fn main() -> anyhow::Result<()> {
    run(&Options::parse(), std::io::stdout().lock())
}

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
