//! A running sampler as fast as it goes. CPU time is that of the whole process: new ids for the spans, scan, ingest,
//! decisions, release.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus_client::registry::Registry;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reply};
use sluice_sampling::{SamplingMetrics, SamplingSettings, TailSampler};

use super::{Asked, Policies, payload, plugin_host, template};
use crate::load::usage::cpu_time;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    asked: Asked,
    /// Seconds of taking requests
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Shards, each with a thread of its own
    #[arg(long, default_value_t = 1)]
    shards: usize,
    /// From a trace's first span to its decision, in seconds
    #[arg(long, default_value_t = 1.0)]
    decision_wait: f64,
}

/// Counts what is passed on.
#[derive(Debug, Default)]
struct Sink(AtomicU64);

impl Consumer for Sink {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.0.fetch_add(payload.items() as u64, Ordering::Relaxed);
        std::future::ready(Ok(Accepted::all())).boxed()
    }
}

pub(super) fn run(options: &Options, output: &mut impl Write) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    writeln!(
        output,
        "| policies | spans | refused requests | kept spans | spans/s | CPU ns/span | spans/s and core |"
    )?;
    writeln!(output, "|---|---|---|---|---|---|---|")?;
    for _ in 0..options.asked.rounds {
        for &policies in &options.asked.policies {
            runtime.block_on(measure(options, policies, output))?;
        }
    }
    Ok(())
}

async fn measure(options: &Options, policies: Policies, output: &mut impl Write) -> Result<()> {
    let settings = SamplingSettings {
        decision_wait: Duration::from_secs_f64(options.decision_wait),
        num_traces: u64::MAX / 100,
        max_bytes: 2 << 30,
        shards: options.shards,
        ..SamplingSettings::default()
    };
    let sink = Arc::new(Sink::default());
    let metrics = SamplingMetrics::register(&mut Registry::default());
    let host = plugin_host()?;
    let policy_rules = policies.rules(&host, options.asked.threshold_ms)?;
    let next = Arc::clone(&sink) as Arc<dyn Consumer>;
    let sampler = TailSampler::start("tail_sampling", settings, policy_rules, next, &metrics)?;
    let template = template()?;
    let pid = std::process::id();
    let (started, cpu) = (Instant::now(), cpu_time(pid)?);
    let (mut stamp, mut spans, mut refused) = (0_u128, 0_u64, 0_u64);
    while started.elapsed().as_secs_f64() < options.seconds {
        stamp += 1;
        for _ in 0..2 {
            let payload = payload(&template, stamp)?;
            spans += payload.items() as u64;
            refused += send(&sampler, payload).await;
        }
        // What is passed on needs the thread, too.
        tokio::task::yield_now().await;
    }
    sampler.drain(Instant::now() + Duration::from_secs(60)).await;
    let (wall, cpu) = (started.elapsed(), cpu_time(pid)?.saturating_sub(cpu));
    let kept = sink.0.load(Ordering::Relaxed);
    let nanos = cpu.as_nanos() as f64 / spans as f64;
    let rate = spans as f64 / wall.as_secs_f64();
    let core = 1e9 / nanos;
    writeln!(output, "| {policies:?} | {spans} | {refused} | {kept} | {rate:.0} | {nanos:.0} | {core:.0} |")?;
    Ok(())
}

/// Sends until it is taken; answers with how often it was refused.
async fn send(sampler: &TailSampler, payload: Payload) -> u64 {
    let mut refused = 0;
    while let Err(refusal) = sampler.consume(payload.clone()).await {
        refused += 1;
        tokio::time::sleep(refusal.retry_after.unwrap_or_default().min(Duration::from_millis(5))).await;
    }
    refused
}
