//! What tail sampling costs on the way from a request's bytes to what is passed on, and what it holds.
//!
//! A sampler with the policies of the users' guide, or others, takes requests as fast as it can. A trace comes in two
//! requests, half of its spans in each. CPU time is that of the whole process: new ids for the spans, scan, ingest,
//! decisions, release. Memory is measured with as many traces held as `--held` says.

mod native;
mod policies;

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus_client::registry::Registry;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reply};
use sluice_plugin::{HostSettings, PluginHost, PluginMetrics};
use sluice_sampling::{SamplingMetrics, SamplingSettings, TailSampler};

use crate::load::usage::cpu_time;
use crate::requests::{Dimensions, Template};

pub use policies::Policies;

/// Spans of a trace in each of its two requests.
const HALF: usize = 10;
/// Traces of a request.
const TRACES: usize = 10;

/// Measures the tail sampler.
#[derive(Clone, Debug, Parser)]
pub struct Options {
    /// Seconds of taking requests.
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
    /// Shards, each with a thread of its own.
    #[arg(long, default_value_t = 1)]
    pub shards: usize,
    /// From a trace's first span to its decision, in seconds.
    #[arg(long, default_value_t = 1.0)]
    pub decision_wait: f64,
    /// The threshold of the latency policy in ms. At the guide's 500 the traces that are sent are all slow, and all kept.
    #[arg(long, default_value_t = 500)]
    pub threshold_ms: u64,
    /// Which policies; several take turns.
    #[arg(long, value_delimiter = ',', default_value = "guide")]
    pub policies: Vec<Policies>,
    /// How often each of `policies` is measured.
    #[arg(long, default_value_t = 1)]
    pub rounds: usize,
    /// How many traces are held when memory is measured; 0: it is not.
    #[arg(long, default_value_t = 50_000)]
    pub held: usize,
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

/// Measures and writes what was found.
///
/// # Errors
/// When a policy cannot be loaded.
pub fn run(options: &Options, mut output: impl Write) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        if options.held > 0 {
            held(options, &mut output).await?;
        }
        writeln!(
            output,
            "| policies | spans | refused requests | kept spans | spans/s | CPU ns/span | spans/s and core |"
        )?;
        writeln!(output, "|---|---|---|---|---|---|---|")?;
        for _ in 0..options.rounds {
            for &policies in &options.policies {
                throughput(options, policies, &mut output).await?;
            }
        }
        Ok(())
    })
}

/// CPU time per span, as fast as it goes.
async fn throughput(options: &Options, policies: Policies, output: &mut impl Write) -> Result<()> {
    let settings = SamplingSettings {
        decision_wait: Duration::from_secs_f64(options.decision_wait),
        num_traces: u64::MAX / 100,
        max_bytes: 2 << 30,
        shards: options.shards,
        ..SamplingSettings::default()
    };
    let sink = Arc::new(Sink::default());
    let sampler = start(settings, policies, options.threshold_ms, Arc::clone(&sink))?;
    let template = template()?;
    let pid = std::process::id();
    let (started, cpu) = (Instant::now(), cpu_time(pid)?);
    let (mut stamp, mut spans, mut refused) = (0_u128, 0_u64, 0_u64);
    while started.elapsed().as_secs_f64() < options.seconds {
        stamp += 1;
        for _ in 0..2 {
            spans += send(&sampler, &template, stamp, &mut refused).await?;
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

/// Resident memory beside the wire size of what is held.
async fn held(options: &Options, output: &mut impl Write) -> Result<()> {
    let settings = SamplingSettings {
        decision_wait: Duration::from_secs(3600),
        num_traces: u64::MAX / 100,
        max_bytes: 64 << 30,
        shards: options.shards,
        drop_pending_on_shutdown: true,
        ..SamplingSettings::default()
    };
    let sampler = start(settings, Policies::Guide, options.threshold_ms, Arc::default())?;
    let template = template()?;
    let before = resident()?;
    let (mut spans, mut refused) = (0, 0);
    for stamp in 0..(options.held / TRACES) as u128 {
        for _ in 0..2 {
            spans += send(&sampler, &template, stamp, &mut refused).await?;
        }
        if stamp % 16 == 0 {
            // What waits for a shard would count as held.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let grown = resident()?.saturating_sub(before);
    let wire = template.bytes() as u64 * spans / template.spans() as u64;
    let ratio = grown as f64 / wire as f64;
    writeln!(output, "held: {} traces, {spans} spans, {wire} bytes on the wire", options.held)?;
    writeln!(output, "resident memory grew by {grown} bytes: {ratio:.2} x the wire size\n")?;
    sampler.drain(Instant::now() + Duration::from_secs(60)).await;
    Ok(())
}

fn template() -> Result<Template> {
    let dimensions =
        Dimensions { spans: HALF * TRACES, spans_per_trace: HALF, resources: 1, scopes_per_resource: 1 };
    Ok(Template::build(dimensions, &mut fastrand::Rng::with_seed(7))?)
}

async fn send(sampler: &TailSampler, template: &Template, stamp: u128, refused: &mut u64) -> Result<u64> {
    let request = Request::scan(Signal::Traces, template.stamped(stamp))?;
    let payload = Payload::bare(request);
    while let Err(refusal) = sampler.consume(payload.clone()).await {
        *refused += 1;
        tokio::time::sleep(refusal.retry_after.unwrap_or_default().min(Duration::from_millis(5))).await;
    }
    Ok(payload.items() as u64)
}

fn start(
    settings: SamplingSettings,
    policies: Policies,
    threshold_ms: u64,
    sink: Arc<Sink>,
) -> Result<TailSampler> {
    let host = PluginHost::start(HostSettings::default(), PluginMetrics::register(&mut Registry::default()))?;
    let policies = policies.rules(&host, threshold_ms)?;
    let metrics = SamplingMetrics::register(&mut Registry::default());
    Ok(TailSampler::start("tail_sampling", settings, policies, sink, &metrics)?)
}

/// Resident memory of this process, in bytes.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}
