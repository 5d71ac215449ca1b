//! The demo of `cargo xtask run --demo`: sends traces through both tiers for a while, waits until the samplers have
//! decided them, then reads what the backend was given, and shows what became of them.
//!
//! The spans of each trace are sent by three services on their own, as in real life.

#![allow(clippy::print_stdout, reason = "a command-line program talks to its user")]

mod backend;
mod report;
mod samplers;
mod sender;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Parser;
use sluice_tests::metrics::Page;

/// How long an accepted span may take until it is decided, and one that is kept until it is in the backend's file.
const LIMIT: Duration = Duration::from_secs(60);

/// Sends traffic through both tiers and shows what became of it
#[derive(Parser)]
struct Options {
    /// Where the gateway takes OTLP/gRPC
    #[arg(long)]
    gateway: SocketAddr,
    /// Where the gateway serves its metrics
    #[arg(long)]
    metrics: SocketAddr,
    /// Where a sampler takes OTLP/gRPC, and where it serves its metrics, ADDRESS=ADDRESS
    #[arg(long, required = true, value_parser = sampler)]
    sampler: Vec<(String, SocketAddr)>,
    /// The file that the backend keeps its requests in
    #[arg(long)]
    backend: PathBuf,
    /// How long to send
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

fn sampler(text: &str) -> Result<(String, SocketAddr), String> {
    let (address, metrics) = text.split_once('=').ok_or("write ADDRESS=ADDRESS")?;
    Ok((address.to_owned(), metrics.parse().map_err(|_| "is no address")?))
}

#[tokio::main]
async fn main() -> ExitCode {
    match demo(&Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is as the guide says.
async fn demo(options: &Options) -> anyhow::Result<bool> {
    println!("sending for {} s ...", options.seconds);
    let sent = sender::send(options.gateway, Duration::from_secs(options.seconds)).await?;
    println!("waiting until every trace is decided ...");
    let samplers = samplers::decisions(&options.sampler, sent.spans()).await?;
    let kept =
        backend::read_until(&options.backend, samplers.iter().map(|sampler| sampler.sent).sum()).await?;
    let ring = Page::scrape(options.metrics).await;
    Ok(report::print(&sent, &samplers, &kept, &ring))
}

/// Asks again and again, until there is an answer.
async fn ask_until<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            bail!("waited {} s in vain for {what}", LIMIT.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
