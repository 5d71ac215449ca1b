//! The report.

use std::io::{self, Write};
use std::time::Duration;

use super::budget::percent;
use super::compare::Changes;
use super::options::ReplayOptions;
use super::table::Table;
use super::tally::{Amount, PolicyTally, ServiceTally, Tally};
use super::{Input, Report};
use crate::command::arguments::Output;

pub(super) fn print(out: &mut impl Write, report: &Report, options: &ReplayOptions) -> io::Result<()> {
    match options.output {
        Output::Json => {
            serde_json::to_writer(&mut *out, report)?;
            writeln!(out, "}}")?;
        }
        Output::Text => {
            print_input(out, &report.input)?;
            match (&report.before, &report.changes) {
                (Some(before), Some(changes)) => print_changes(out, before, &report.now, changes)?,
                _ => print_tally(out, &report.now)?,
            }
            for exceeded in &report.exceeded {
                let share =
                    exceeded.percent.map_or("of nothing".to_owned(), |percent| format!("{percent:.2} %"));
                let (limit, allowed, what) = (exceeded.limit, exceeded.allowed_percent, exceeded.what);
                writeln!(out, "exceeded: {limit} {allowed}%: {share} {what}")?;
            }
        }
    }
    out.flush()
}

fn print_input(out: &mut impl Write, input: &Input) -> io::Result<()> {
    let span = Duration::from_nanos(input.last_unix_nano - input.first_unix_nano);
    writeln!(out, "{} requests, {} spans, over {:.1} s", input.requests, input.spans, span.as_secs_f64())?;
    if input.moved_requests > 0 {
        writeln!(
            out,
            "{} requests are older than one before them, by {:.1} s at the most; they arrive with it",
            input.moved_requests,
            Duration::from_nanos(input.moved_nanos).as_secs_f64()
        )?;
    }
    writeln!(out)
}

fn print_tally(out: &mut impl Write, tally: &Tally) -> io::Result<()> {
    let mut table = Table::new(&["", "traces", "spans", "bytes"]);
    let amounts = [
        ("decided", tally.decided),
        ("sampled", tally.sampled),
        ("not sampled", tally.not_sampled),
        ("dropped", tally.dropped),
    ];
    for (what, Amount { traces, spans, bytes }) in amounts {
        table.row(what, &[traces, spans, bytes]);
    }
    table.print(out)?;
    if let Some(kept) = percent(tally.sampled.traces, tally.decided.traces) {
        write!(out, "{kept:.2} % of the traces are kept; ")?;
    }
    let triggers: Vec<String> =
        tally.triggers.iter().map(|(trigger, traces)| format!("{trigger} {traces}")).collect();
    writeln!(
        out,
        "decided by: {}",
        if triggers.is_empty() { "none".to_owned() } else { triggers.join(", ") }
    )?;
    let late = &tally.late;
    if late.kept_spans + late.other_spans > 0 {
        writeln!(
            out,
            "{} spans came after the decision on their trace and are kept, {} are not",
            late.kept_spans, late.other_spans
        )?;
    }
    writeln!(out)?;
    print_policies(out, &tally.policies)?;
    let mut table = Table::new(&["service", "traces", "kept", "bytes", "kept bytes"]);
    for (service, ServiceTally { decided, kept }) in &tally.services {
        table.row(service, &[decided.traces, kept.traces, decided.bytes, kept.bytes]);
    }
    table.print(out)
}

fn print_policies(out: &mut impl Write, policies: &[PolicyTally]) -> io::Result<()> {
    let mut table = Table::new(&[
        "policy",
        "kept",
        "kept bytes",
        "dropped",
        "voted: sampled",
        "not sampled",
        "dropped",
        "abstain",
        "error",
    ]);
    for policy in policies {
        let (shadow, votes) = (if policy.shadow { " (shadow)" } else { "" }, &policy.votes);
        table.row(
            &format!("{}{shadow}", policy.policy),
            &[
                policy.kept.traces,
                policy.kept.bytes,
                policy.dropped.traces,
                votes.sampled,
                votes.not_sampled,
                votes.dropped,
                votes.abstain,
                votes.error,
            ],
        );
    }
    table.print(out)
}

fn print_changes(out: &mut impl Write, before: &Tally, now: &Tally, changes: &Changes) -> io::Result<()> {
    let mut table = Table::new(&["", "before", "now"]);
    for (what, of) in [
        ("traces decided", (|tally| tally.decided.traces) as fn(&Tally) -> u64),
        ("traces kept", |tally| tally.sampled.traces),
        ("spans kept", |tally| tally.passed_on.spans),
        ("bytes kept", |tally| tally.passed_on.bytes),
    ] {
        table.row(what, &[of(before), of(now)]);
    }
    table.print(out)?;
    let Changes { compared, lost, gained, unmatched, .. } = changes;
    let share = percent(lost.traces + gained.traces, *compared).unwrap_or(0.0);
    writeln!(out, "{share:.2} % of {compared} traces change")?;
    if unmatched.before + unmatched.now > 0 {
        writeln!(
            out,
            "{} were decided once more before, {} now: their decision was forgotten when late spans came",
            unmatched.before, unmatched.now
        )?;
    }
    writeln!(out)?;
    let head = ["not kept any more", "bytes", "newly kept", "bytes"];
    let numbers = |lost: &Amount, gained: &Amount| [lost.traces, lost.bytes, gained.traces, gained.bytes];
    let mut all = Table::new(&[&["traces"], &head[..]].concat());
    all.row("all", &numbers(lost, gained));
    all.print(out)?;
    for (what, changes) in [("service", &changes.services), ("policy", &changes.policies)] {
        let mut table = Table::new(&[&[what], &head[..]].concat());
        for (name, change) in changes {
            table.row(name, &numbers(&change.lost, &change.gained));
        }
        table.print(out)?;
    }
    Ok(())
}
