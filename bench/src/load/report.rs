//! Figures and how they are shown.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use anyhow::Result;

use super::gateway::Arm;
use super::options::{Compression, Options};
use crate::requests::Shape;

/// What one measurement came to.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    /// Spans acknowledged in the window.
    pub(super) spans: u64,
    /// The window.
    pub(super) elapsed: Duration,
    /// CPU time of sluice in the window.
    pub(super) cpu: Duration,
    /// Bytes of resident memory that sluice had at most.
    pub(super) peak_memory: u64,
    /// Median and 99th percentile from request to acknowledgement.
    pub(super) latencies: (Duration, Duration),
    /// Requests that were refused, warm-up included.
    pub(super) refused: u64,
    /// Bytes towards the backends per span acknowledged.
    pub(super) wire_bytes_per_span: f64,
}

impl Figures {
    fn spans_per_second(&self) -> f64 {
        self.spans as f64 / self.elapsed.as_secs_f64()
    }

    fn cpu_seconds_per_million(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.spans.max(1) as f64
    }

    fn peak_mebibytes(&self) -> f64 {
        self.peak_memory as f64 / f64::from(1 << 20)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, slow) = self.latencies;
        write!(
            f,
            "{:.1} k spans/s, {:.2} CPU-s per M spans, {:.2} cores, peak {:.0} MiB, p50 {:.1} ms, p99 {:.1} ms, {} refused, {:.0} B/span out",
            self.spans_per_second() / 1e3,
            self.cpu_seconds_per_million(),
            self.cpu.as_secs_f64() / self.elapsed.as_secs_f64(),
            self.peak_mebibytes(),
            median.as_secs_f64() * 1e3,
            slow.as_secs_f64() * 1e3,
            self.refused,
            self.wire_bytes_per_span,
        )
    }
}

/// All measurements of one shape and compression.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) shape: Shape,
    pub(super) compression: Compression,
    pass_through: Vec<Figures>,
    routing: Vec<Figures>,
}

impl Case {
    /// None so far.
    pub(super) fn new(shape: Shape, compression: Compression) -> Self {
        Self { shape, compression, pass_through: Vec::new(), routing: Vec::new() }
    }

    /// Adds a round's figures.
    pub(super) fn add(&mut self, arm: Arm, figures: Figures) {
        match arm {
            Arm::PassThrough => self.pass_through.push(figures),
            Arm::Routing => self.routing.push(figures),
        }
    }

    /// What routing costs beside pass-through in the same round, as a factor of CPU per span.
    fn ratios(&self) -> Vec<f64> {
        let rounds = self.routing.iter().zip(&self.pass_through);
        rounds
            .map(|(routing, pass)| routing.cpu_seconds_per_million() / pass.cpu_seconds_per_million())
            .collect()
    }
}

/// The median and the 99th percentile.
pub(super) fn percentiles(latencies: &mut [Duration]) -> (Duration, Duration) {
    latencies.sort_unstable();
    let at = |percent: usize| {
        let last = latencies.len().saturating_sub(1);
        latencies.get((latencies.len() * percent / 100).min(last)).copied().unwrap_or_default()
    };
    (at(50), at(99))
}

/// Writes a table of medians, and for the ratio the range.
pub(super) fn write<'a>(
    output: &mut impl Write,
    options: &Options,
    cases: impl Iterator<Item = &'a Case>,
) -> Result<()> {
    writeln!(
        output,
        "{} rounds of {:.0} s, {} in flight over {} connections, {} backends, sending queues {}; medians",
        options.rounds,
        options.window.as_secs_f64(),
        options.in_flight,
        options.connections,
        options.backends,
        if options.without_queue { "off" } else { "on" },
    )?;
    writeln!(
        output,
        "| shape | compression | arm | k spans/s | CPU-s per M spans | peak MiB | p50 / p99 ms |"
    )?;
    writeln!(output, "|---|---|---|---|---|---|---|")?;
    for case in cases {
        for (name, figures) in [("pass-through", &case.pass_through), ("routing", &case.routing)] {
            writeln!(
                output,
                "| {:?} | {} | {name} | {:.1} | {:.2} | {:.0} | {:.1} / {:.1} |",
                case.shape,
                case.compression.as_str(),
                median(figures, Figures::spans_per_second) / 1e3,
                median(figures, Figures::cpu_seconds_per_million),
                median(figures, Figures::peak_mebibytes),
                median(figures, |figures| figures.latencies.0.as_secs_f64() * 1e3),
                median(figures, |figures| figures.latencies.1.as_secs_f64() * 1e3),
            )?;
        }
        let ratios = case.ratios();
        writeln!(
            output,
            "| {:?} | {} | routing / pass-through | | {:.2} ({:.2} to {:.2}) | | |",
            case.shape,
            case.compression.as_str(),
            middle(ratios.clone()),
            ratios.iter().copied().fold(f64::INFINITY, f64::min),
            ratios.iter().copied().fold(0.0, f64::max),
        )?;
    }
    Ok(())
}

fn median(figures: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    middle(figures.iter().map(of).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
