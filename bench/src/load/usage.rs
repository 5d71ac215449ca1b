//! What a process has used, from /proc.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Kernel ticks a second in /proc, the same on every Linux that Rust runs on.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time that all threads of a process have used, user and system.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("sluice has ended")?;
    parse_cpu_time(&stat).context("cannot read /proc/<pid>/stat")
}

/// The most resident memory that a process has had, in bytes.
pub(super) fn peak_memory(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("sluice has ended")?;
    parse_peak_memory(&status).context("cannot read /proc/<pid>/status")
}

fn parse_cpu_time(stat: &str) -> Option<Duration> {
    // The name before it stands in parentheses and may itself contain blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(Duration::from_millis((user + system) * 1_000 / TICKS_PER_SECOND))
}

fn parse_peak_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
