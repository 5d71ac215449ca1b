//! `sluice replay`: what would a sampler keep of these traces, and what does a change of its configuration change?

mod budget;
mod compare;
mod decisions;
mod input;
mod options;
mod print;
mod table;
mod tally;

use std::io::{BufWriter, StdoutLock, Write};
use std::process::ExitCode;

use anyhow::Context;
pub(crate) use options::ReplayOptions;
use serde::Serialize;
use sluice_config::{Config, Source};
use sluice_otlp::Request;
use sluice_sampling::{Replayed, arrival};

use self::budget::Exceeded;
use self::compare::{Changes, Comparison, Which};
use self::decisions::Decisions;
use self::input::Requests;
use self::tally::Tally;
use super::run::{load, unusable, variable};
use crate::gateway::Replaying;

/// The exit status when a limit is exceeded; see the help of the command.
const EXCEEDED: u8 = 3;

/// Replays, and prints; the status says whether the change is within the limits.
pub(super) fn replay(options: &ReplayOptions) -> anyhow::Result<ExitCode> {
    let (config, _warnings) = load(&options.sources)?;
    let directories = || options.plugins.directories.clone();
    let now = Replaying::new(&config, options.processor.as_deref(), directories())?;
    let before = match &options.baseline[..] {
        [] => None,
        sources => {
            let config = baseline(sources)?;
            let before = Replaying::new(&config, options.processor.as_deref(), directories());
            Some(before.context("--baseline")?)
        }
    };
    let out = BufWriter::new(std::io::stdout().lock());
    let mut run = Run::new(now, before, Decisions::new(out, options));
    for path in &options.input {
        let mut requests = Requests::open(path)?;
        while let Some(request) = requests.next_request()? {
            run.take(&request)?;
        }
    }
    let (report, mut out) = run.finish(options)?;
    print::print(&mut out, &report, options).context("could not print")?;
    Ok(if report.exceeded.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXCEEDED) })
}

fn baseline(sources: &[Source]) -> anyhow::Result<Config> {
    let loaded = Config::load(sources, &variable).map_err(|findings| unusable(&findings));
    Ok(loaded.context("--baseline")?.config)
}

/// All that is said in the end.
#[derive(Debug, Serialize)]
struct Report {
    input: Input,
    now: Tally,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Tally>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceeded: Vec<Exceeded>,
}

/// What was read.
#[derive(Debug, Default, Serialize)]
struct Input {
    requests: u64,
    spans: u64,
    /// When the first request arrived, and the last one: ns since the Unix epoch.
    first_unix_nano: u64,
    last_unix_nano: u64,
    /// Requests that would have arrived before the one ahead of them, and arrive with it.
    moved_requests: u64,
    /// How much later, at the most.
    moved_nanos: u64,
}

/// One or two samplers, and what they have decided so far.
struct Run {
    now: Side,
    before: Option<(Side, Comparison)>,
    input: Input,
    decisions: Decisions<BufWriter<StdoutLock<'static>>>,
}

/// A sampler, and what it decided.
struct Side {
    sampler: Replaying,
    tally: Tally,
}

impl Side {
    fn new(sampler: Replaying) -> Self {
        Self { tally: Tally::new(&sampler.policies), sampler }
    }
}

impl Run {
    fn new(
        now: Replaying,
        before: Option<Replaying>,
        decisions: Decisions<BufWriter<StdoutLock<'static>>>,
    ) -> Self {
        let before = before.map(|before| {
            let comparison = Comparison::new([now.wait, before.wait]);
            (Side::new(before), comparison)
        });
        Self { now: Side::new(now), before, input: Input::default(), decisions }
    }

    /// Takes the next request, at the time that its spans say.
    fn take(&mut self, request: &Request) -> anyhow::Result<()> {
        let last = self.input.last_unix_nano;
        let arrives = arrival(request).unwrap_or(last);
        if self.input.requests == 0 {
            self.input.first_unix_nano = arrives;
        }
        if arrives < last {
            self.input.moved_requests += 1;
            self.input.moved_nanos = self.input.moved_nanos.max(last - arrives);
        }
        self.input.last_unix_nano = last.max(arrives);
        self.input.requests += 1;
        self.input.spans += request.items() as u64;
        let arrives = self.input.last_unix_nano;
        if let Some((side, _)) = &mut self.before {
            let decided = side.sampler.replay.take(request, arrives);
            self.decided(Which::Before, decided)?;
        }
        let decided = self.now.sampler.replay.take(request, arrives);
        self.decided(Which::Now, decided)?;
        if let Some((_, comparison)) = &mut self.before {
            comparison.settle(arrives);
        }
        Ok(())
    }

    fn decided(&mut self, which: Which, traces: Vec<Replayed>) -> anyhow::Result<()> {
        for trace in traces {
            match (&mut self.before, which) {
                (None, _) => {
                    self.now.tally.count(&trace);
                    self.decisions.print(&trace)?;
                }
                (Some((before, comparison)), _) => {
                    let side = if which == Which::Before { before } else { &mut self.now };
                    side.tally.count(&trace);
                    if let Some(both) = comparison.take(which, trace) {
                        self.decisions.print_change(&both)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets both samplers decide what they hold, and sums up.
    fn finish(mut self, options: &ReplayOptions) -> anyhow::Result<(Report, impl Write)> {
        if let Some((side, _)) = &mut self.before {
            let decided = side.sampler.replay.finish();
            self.decided(Which::Before, decided)?;
        }
        let decided = self.now.sampler.replay.finish();
        self.decided(Which::Now, decided)?;
        let Self { now, before, input, decisions } = self;
        let now = now.close();
        let (before, changes) = before.map(|(side, changes)| (side.close(), changes.finish())).unzip();
        let exceeded = match (&before, &changes) {
            (Some(before), Some(changes)) => budget::exceeded(options, changes, before, &now),
            _ => Vec::new(),
        };
        Ok((Report { input, now, before, changes, exceeded }, decisions.finish()?))
    }
}

impl Side {
    fn close(self) -> Tally {
        let mut tally = self.tally;
        tally.close(&self.sampler.replay);
        tally
    }
}
