//! The demo of `cargo xtask run --demo`: sends traces through a running gateway for a while, then reads what the
//! backends kept, and shows how it was spread.
//!
//! Each trace is sent in two requests, as traces arrive in real life; a backend that has one half must have the other.

#![allow(clippy::print_stdout, reason = "a command-line program talks to its user")]

mod backends;
mod report;
mod sender;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sluice_tests::metrics::Page;

/// Sends traffic through a gateway and shows how it was spread
#[derive(Parser)]
struct Options {
    /// Where the gateway takes OTLP/gRPC
    #[arg(long)]
    gateway: SocketAddr,
    /// Where the gateway serves its metrics
    #[arg(long)]
    metrics: SocketAddr,
    /// A backend and the file that it keeps its requests in, ADDRESS=FILE
    #[arg(long, required = true, value_parser = backend)]
    backend: Vec<(String, PathBuf)>,
    /// How long to send
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

fn backend(text: &str) -> Result<(String, PathBuf), String> {
    let (address, file) = text.split_once('=').ok_or("write ADDRESS=FILE")?;
    Ok((address.to_owned(), file.into()))
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

/// Whether every span arrived once, and no trace is split.
async fn demo(options: &Options) -> anyhow::Result<bool> {
    println!("sending for {} s ...", options.seconds);
    let sent = sender::send(options.gateway, Duration::from_secs(options.seconds)).await?;
    let contents = backends::read_until(&options.backend, sent.spans).await?;
    let page = Page::scrape(options.metrics).await;
    Ok(report::print(&sent, &contents, &page))
}
