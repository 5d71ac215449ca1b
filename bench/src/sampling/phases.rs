//! One shard in simulated time, on one thread: what each phase takes of it.
//!
//! A simulated second brings requests, and ends with a tick that decides on all of them. Deciding is measured with policies
//! that keep a tenth of traces at most; with a latency policy that keeps all, the same tick has their release in it.

use std::collections::HashMap;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use prometheus_client::registry::Registry;
use sluice_sampling::{Moment, SamplingMetrics, SamplingSettings, SteppedSampler};

use super::{Asked, Policies, payload, plugin_host, template};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    asked: Asked,
    /// Simulated seconds
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// Requests of a simulated second, 100 spans each
    #[arg(long, default_value_t = 200)]
    requests: u64,
}

pub(super) fn run(options: &Options, output: &mut impl Write) -> Result<()> {
    writeln!(output, "| policies | spans | kept spans | ingest ns/span | decide and release ns/span |")?;
    writeln!(output, "|---|---|---|---|---|")?;
    let mut kept = HashMap::new();
    for _ in 0..options.asked.rounds {
        for &policies in &options.asked.policies {
            kept.insert(policies, measure(options, policies, output)?);
        }
    }
    if let (Some(guide), Some(native)) = (kept.get(&Policies::Guide), kept.get(&Policies::Native)) {
        ensure!(guide == native, "the native policies do not vote as the plugins do");
    }
    Ok(())
}

/// Writes a line; answers with how many spans were kept.
fn measure(options: &Options, policies: Policies, output: &mut impl Write) -> Result<u64> {
    let settings = SamplingSettings {
        decision_wait: Duration::from_secs(1),
        num_traces: u64::MAX / 100,
        max_bytes: 8 << 30,
        ..SamplingSettings::default()
    };
    let host = plugin_host()?;
    let rules = policies.rules(&host, options.asked.threshold_ms)?;
    let metrics = SamplingMetrics::register(&mut Registry::default());
    let mut sampler = SteppedSampler::new("tail_sampling", settings, rules, &metrics);
    let template = template()?;
    let (mut ingest, mut decide) = (Duration::ZERO, Duration::ZERO);
    let (mut spans, mut kept) = (0_u64, 0_u64);
    for second in 0..options.seconds {
        for number in 0..options.requests {
            // Two halves of the same traces.
            let stamp = u128::from(second * options.requests + number / 2);
            let payload = payload(&template, stamp)?;
            spans += payload.items() as u64;
            let begin = Instant::now();
            sampler.ingest(&payload, at(second));
            ingest += begin.elapsed();
        }
        let begin = Instant::now();
        sampler.tick(at(second + 1));
        let released = sampler.take_released();
        decide += begin.elapsed();
        kept += released.iter().map(|payload| payload.items() as u64).sum::<u64>();
    }
    let each = |time: Duration| time.as_nanos() as f64 / spans as f64;
    writeln!(output, "| {policies:?} | {spans} | {kept} | {:.0} | {:.0} |", each(ingest), each(decide))?;
    Ok(kept)
}

/// So many seconds after the beginning.
pub(super) fn at(second: u64) -> Moment {
    let unix_nanos = 1_760_000_000_000_000_000 + second * 1_000_000_000;
    Moment { steady: Duration::from_secs(second), unix_nanos }
}
