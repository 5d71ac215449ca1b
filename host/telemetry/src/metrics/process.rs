use std::fmt;
use std::fs;
use std::time::Instant;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// Ticks a second in `/proc/self/stat`: Linux's `USER_HZ`, 100 on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Registers the metrics of the process under the Collector's names, with Prometheus' suffixes:
/// `otelcol_process_uptime_seconds_total`, `otelcol_process_cpu_seconds_total`,
/// `otelcol_process_memory_rss_bytes`. They are read from `/proc` at each scrape; where that is not there
/// (not Linux), only the uptime remains.
pub fn register_process(registry: &mut Registry) {
    registry.register_collector(Box::new(Process { started: Instant::now() }));
}

#[derive(Debug)]
struct Process {
    started: Instant,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let uptime = ConstCounter::new(self.started.elapsed().as_secs_f64());
        encode(
            &mut encoder,
            "otelcol_process_uptime",
            "Uptime of the process.",
            Some(&Unit::Seconds),
            &uptime,
        )?;
        if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu_seconds) {
            let help = "Total CPU user and system time in seconds.";
            let spent = ConstCounter::new(seconds);
            // The Collector has the seconds in the name itself.
            encode(&mut encoder, "otelcol_process_cpu_seconds", help, None, &spent)?;
        }
        if let Some(bytes) = fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_bytes)
        {
            let help = "Total physical memory (resident set size).";
            let resident = ConstGauge::new(bytes);
            encode(&mut encoder, "otelcol_process_memory_rss", help, Some(&Unit::Bytes), &resident)?;
        }
        Ok(())
    }
}

fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    metric: &impl EncodeMetric,
) -> Result<(), fmt::Error> {
    metric.encode(encoder.encode_descriptor(name, help, unit, metric.metric_type())?)
}

/// User and system time out of `/proc/self/stat`: fields 14 and 15 of proc_pid_stat(5).
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The second field is the command in parentheses, and may itself hold spaces and parentheses.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / TICKS_PER_SECOND)
}

/// The resident set out of `/proc/self/status`: unlike `statm` it needs no page size.
fn resident_bytes(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
