//! What a sampler holds, beside its size on the wire, and whether it grows with time.

use std::fs;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use prometheus_client::registry::Registry;
use sluice_sampling::{SamplingMetrics, SamplingSettings, SteppedSampler};

use super::phases::at;
use super::{Policies, TRACES, payload, plugin_host, template};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct HeldOptions {
    /// Traces of 20 spans that are held
    #[arg(long, default_value_t = 50_000)]
    held: u64,
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct SteadyOptions {
    /// Simulated minutes
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Traces of 20 spans in each simulated second
    #[arg(long, default_value_t = 500)]
    traces: u64,
    /// From a trace's first span to its decision, in simulated seconds
    #[arg(long, default_value_t = 30)]
    decision_wait: u64,
}

/// Resident memory beside the wire size of what is held.
pub(super) fn held(options: &HeldOptions, output: &mut impl Write) -> Result<()> {
    let mut sampler = sampler(Duration::from_secs(3600))?;
    let template = template()?;
    let before = resident()?;
    let (mut spans, mut wire) = (0, 0);
    for stamp in 0..options.held / TRACES as u64 {
        for _ in 0..2 {
            let payload = payload(&template, u128::from(stamp))?;
            spans += payload.items() as u64;
            wire += payload.request.body().len() as u64;
            sampler.ingest(&payload, at(0));
        }
    }
    let grown = resident()?.saturating_sub(before);
    let held = sampler.held();
    writeln!(output, "held: {} traces, {spans} spans, {wire} bytes on the wire", held.traces)?;
    writeln!(output, "accounted for: {} bytes, {:.2} x the wire size", held.bytes, ratio(held.bytes, wire))?;
    writeln!(
        output,
        "resident memory grew by {grown} bytes: {:.2} x the wire size, {} bytes a span",
        ratio(grown, wire),
        grown / spans.max(1)
    )?;
    Ok(())
}

/// Resident memory while traces come and go.
pub(super) fn steady(options: &SteadyOptions, output: &mut impl Write) -> Result<()> {
    let mut sampler = sampler(Duration::from_secs(options.decision_wait))?;
    let template = template()?;
    let requests = options.traces / TRACES as u64;
    writeln!(
        output,
        "| simulated minute | spans so far | kept | traces held | bytes held | resident bytes |"
    )?;
    writeln!(output, "|---|---|---|---|---|---|")?;
    let (mut spans, mut kept) = (0_u64, 0_u64);
    for second in 0..=options.minutes * 60 {
        for number in 0..requests {
            for _ in 0..2 {
                let payload = payload(&template, u128::from(second * requests + number))?;
                spans += payload.items() as u64;
                sampler.ingest(&payload, at(second));
            }
        }
        sampler.tick(at(second));
        kept += sampler.take_released().iter().map(|payload| payload.items() as u64).sum::<u64>();
        if second % 600 == 120 || second == options.minutes * 60 {
            let (held, resident) = (sampler.held(), resident()?);
            let minute = second / 60;
            writeln!(
                output,
                "| {minute} | {spans} | {kept} | {} | {} | {resident} |",
                held.traces, held.bytes
            )?;
        }
    }
    Ok(())
}

fn sampler(decision_wait: Duration) -> Result<SteppedSampler> {
    let settings = SamplingSettings {
        decision_wait,
        num_traces: u64::MAX / 100,
        max_bytes: 64 << 30,
        ..SamplingSettings::default()
    };
    let rules = Policies::Guide.rules(&plugin_host()?, 1_000_000)?;
    let metrics = SamplingMetrics::register(&mut Registry::default());
    Ok(SteppedSampler::new("tail_sampling", settings, rules, &metrics))
}

fn ratio(bytes: u64, wire: u64) -> f64 {
    bytes as f64 / wire as f64
}

/// Resident memory of this process, in bytes.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}
