//! The table at the end.

use std::collections::BTreeMap;

use sluice_tests::metrics::Page;

use crate::backends::Contents;
use crate::sender::Sent;

/// Prints the table; answers whether all is as it should be.
pub(crate) fn print(sent: &Sent, contents: &[Contents], page: &Page) -> bool {
    let mut places: BTreeMap<&[u8], usize> = BTreeMap::new();
    for trace in contents.iter().flat_map(|contents| &contents.traces) {
        *places.entry(trace).or_default() += 1;
    }
    let split = places.values().filter(|&&backends| backends > 1).count();
    let arrived: usize = contents.iter().map(|contents| contents.spans).sum();

    println!();
    println!("  {:<18}{:>10}{:>10}{:>10}{:>12}", "backend", "traces", "spans", "spans %", "ring share %");
    for Contents { backend, spans, traces } in contents {
        let share = page.sum("sluice_ring_share", &[&format!("backend=\"{backend}\"")]);
        let part = *spans as f64 / arrived.max(1) as f64;
        println!(
            "  {backend:<18}{:>10}{spans:>10}{:>10.1}{:>12.1}",
            traces.len(),
            100.0 * part,
            100.0 * share
        );
    }
    println!();
    println!("  sent {} spans of {} traces, each trace in two requests", sent.spans, sent.traces);
    println!("  arrived {arrived} spans of {} traces; {split} traces are split", places.len());
    println!();
    split == 0 && arrived == sent.spans && places.len() == sent.traces
}
