//! `cargo run --release -p sluice-bench --bin routing_path`: see [`sluice_bench::routing_path`].

use clap::Parser;
use sluice_bench::routing_path::{Options, run};

fn main() -> anyhow::Result<()> {
    run(&Options::parse(), std::io::stdout().lock())
}

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
