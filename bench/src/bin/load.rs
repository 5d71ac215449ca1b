//! `cargo run --release -p sluice-bench --bin load`: the load benchmark, see [`sluice_bench::load`].

use clap::Parser;
use sluice_bench::load::{Options, run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    run(&Options::parse(), std::io::stdout().lock()).await
}
