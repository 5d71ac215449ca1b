//! The tables at the end.

use sluice_tests::metrics::Page;
use sluice_tests::shop::{self, Kind};

use crate::backend::Kept;
use crate::samplers::Decisions;
use crate::sender::Sent;

/// The share that the guide's policy keeps of what neither failed nor is slow.
const SHARE: f64 = 0.1;

/// Prints the tables; answers whether all is as it should be.
pub(crate) fn print(sent: &Sent, samplers: &[Decisions], kept: &Kept, ring: &Page) -> bool {
    println!();
    print_samplers(samplers, ring);
    println!();
    println!("  {:<22}{:>10}{:>10}{:>10}", "traces", "sent", "kept", "kept %");
    let failed = print_kind("with an error", Kind::Failed, sent, kept);
    let slow = print_kind("slower than 500 ms", Kind::Slow, sent, kept);
    let fine = print_kind("the rest", Kind::Fine, sent, kept);

    let decided: usize = samplers.iter().map(|sampler| sampler.traces).sum();
    let split = decided.saturating_sub(sent.traces.len());
    let incomplete = kept.values().filter(|spans| spans.len() < shop::SPANS).count();
    let twice = kept.values().flat_map(|spans| spans.values()).filter(|times| **times > 1).count();
    println!();
    println!("  sent {} spans of {} traces, each trace by three services", sent.spans(), sent.traces.len());
    println!("  decided {decided} traces; {split} are split over samplers");
    println!("  the backend has {} traces; {incomplete} are not whole, {twice} spans came twice", kept.len());
    println!();
    failed.is_all()
        && slow.is_all()
        && shop::is_within_share(fine.kept, fine.sent, SHARE)
        && decided == sent.traces.len()
        && (incomplete, twice) == (0, 0)
}

fn print_samplers(samplers: &[Decisions], ring: &Page) {
    let all: usize = samplers.iter().map(|sampler| sampler.traces).sum();
    println!("  {:<22}{:>10}{:>10}{:>10}{:>14}", "sampler", "decided", "kept", "decided %", "ring share %");
    for Decisions { sampler, traces, kept, .. } in samplers {
        let share = ring.sum("sluice_ring_share", &[&format!("backend=\"{sampler}\"")]);
        let part = percent(*traces, all);
        println!("  {sampler:<22}{traces:>10}{kept:>10}{part:>10.1}{:>14.1}", 100.0 * share);
    }
}

/// Traces of one kind.
struct Row {
    sent: usize,
    kept: usize,
}

impl Row {
    fn is_all(&self) -> bool {
        self.kept == self.sent
    }
}

fn print_kind(name: &str, kind: Kind, sent: &Sent, kept: &Kept) -> Row {
    let traces = || sent.traces.iter().filter(|trace| trace.kind == kind);
    let row =
        Row { sent: traces().count(), kept: traces().filter(|trace| kept.contains_key(&trace.id)).count() };
    println!("  {name:<22}{:>10}{:>10}{:>10.1}", row.sent, row.kept, percent(row.kept, row.sent));
    row
}

fn percent(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}
