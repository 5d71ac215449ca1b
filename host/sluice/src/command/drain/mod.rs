//! `sluice drain`: takes a gateway out of service before it is told to end, as `preStop` where there is no shell.
//!
//! Kubernetes tells a pod to end at the same time as it begins to tell everybody else of it. What they send until they
//! know would find nobody, and a sampler would have to decide before the traces that it holds are whole. So the gateway
//! becomes unready, goes on with its work, and this command waits in the foreground until nobody sends any more and
//! nothing is held; SIGTERM comes then.

mod quiet;

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Context;
use sluice_telemetry::admin::Draining;
use tonic::codegen::http::Method;

use self::quiet::Quiet;
use super::arguments::DrainOptions;
use super::ask::{ask, block_on};

/// How long the gateway may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is asked.
const PERIOD: Duration = Duration::from_millis(250);
/// Who is to answer.
const WHO: &str = "is a gateway running there? (--admin, sluice::admin_endpoint)";
/// Where a gateway listens unless it is told otherwise.
const STANDARD: &str = "localhost:13134";

/// Asks for it, and waits.
pub(super) fn drain(options: &DrainOptions) -> anyhow::Result<()> {
    let address = address(options)?;
    let outcome = block_on(wait(&address, options))?;
    writeln!(std::io::stdout().lock(), "{outcome}").context("could not print")
}

async fn wait(address: &str, options: &DrainOptions) -> anyhow::Result<String> {
    let started = Instant::now();
    let mut quiet = Quiet::new(started, options.quiet);
    let mut last = begin(address).await?;
    loop {
        if quiet.is_drained(Instant::now(), last) {
            return Ok("drained: nobody sends any more, and nothing is held".to_owned());
        }
        if started.elapsed() >= options.timeout {
            let held = last.held_traces;
            return Ok(format!("the time is over: requests still come, or traces are held ({held})"));
        }
        tokio::time::sleep(PERIOD.min(options.timeout)).await;
        match begin(address).await {
            Ok(draining) => last = draining,
            // It answered before.
            Err(_) => return Ok("the gateway has ended".to_owned()),
        }
    }
}

/// Asking how far it is is the same as asking for it.
async fn begin(address: &str) -> anyhow::Result<Draining> {
    let answer = ask(Method::POST, address, "/drain", TIMEOUT, WHO).await?.accepted()?;
    serde_json::from_slice(&answer).context("the answer is not what a gateway of this release says")
}

fn address(options: &DrainOptions) -> anyhow::Result<String> {
    if let Some(address) = &options.admin {
        return Ok(address.clone());
    }
    if options.sources.config.is_empty() {
        return Ok(STANDARD.to_owned());
    }
    let (config, _warnings) = super::run::load(&options.sources)?;
    Ok(config.sluice.admin_endpoint.reachable_at())
}
