//! From requests to whole traces, and to the columns that a policy asked for.

use std::collections::HashMap;

use super::columns::{column, table_of, wanted_tables};
use super::record::Record;
use super::request::Request;
use super::tables::{self, Leaf, Row, Source};
use crate::Signal;
use crate::bindings::policy::Inputs;
use crate::bindings::sluice::plugin::columns::{Batch, Intrinsic, Rows, Table};
use crate::policy::Randomness;

/// How many tables the contract has.
const TABLES: usize = 10;

/// A trace, and its spans in the order in which they arrived.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    pub(super) id: [u8; 16],
    /// How many other traces appeared before it.
    pub(super) appeared: usize,
    spans: Vec<Leaf<'a>>,
    /// The fields of the trace itself.
    record: Record,
}

/// The traces of some requests, in the order of the contract: those with the greatest randomness of the id first.
///
/// # Errors
/// When an item is no span.
pub(super) fn gather(requests: &[Request]) -> Result<Vec<Gathered<'_>>, String> {
    let mut traces: Vec<Gathered<'_>> = Vec::new();
    let mut known: HashMap<[u8; 16], usize> = HashMap::new();
    for leaf in tables::leaves(requests, Signal::Traces)? {
        let id: [u8; 16] = leaf.item().trace_id().try_into().unwrap_or_default();
        let position = *known.entry(id).or_insert_with(|| {
            traces.push(Gathered {
                id,
                appeared: traces.len(),
                spans: Vec::new(),
                record: Record::default(),
            });
            traces.len() - 1
        });
        traces[position].spans.push(leaf);
    }
    for trace in &mut traces {
        trace.record = record(&trace.spans);
    }
    traces.sort_by_key(|trace| std::cmp::Reverse(Randomness::of_trace_id(&trace.id)));
    Ok(traces)
}

/// The fields of its first span, and those that only a trace has.
fn record(spans: &[Leaf<'_>]) -> Record {
    let mut record = spans[0].item().clone();
    let bytes = spans.iter().filter_map(|span| span.item().number(Intrinsic::ByteSize)).sum();
    record.set_number(Intrinsic::ByteSize, bytes);
    record.set_number(Intrinsic::SpanCount, spans.len() as u64);
    record.set_number(Intrinsic::Received, super::NOW);
    record
}

/// What a policy is called with.
pub(super) fn extract(inputs: &Inputs, now: u64, traces: &[Gathered<'_>]) -> Batch {
    let mut all: [Vec<Row<'_>>; TABLES] = std::array::from_fn(|_| Vec::new());
    for (number, trace) in (0u32..).zip(traces) {
        all[Table::Traces as usize].push(Row {
            source: Source::Record(&trace.record),
            parent: 0,
            trace: number,
        });
        let mut before: &[usize] = &[];
        for span in &trace.spans {
            add(span, before, number, &mut all);
            before = span.path();
        }
    }
    let wanted = wanted_tables(Table::Traces, &inputs.fields);
    let rows = |&(table, has_parent): &(Table, bool)| {
        let rows = &all[table as usize];
        Rows {
            table,
            count: rows.len() as u32,
            parent: if has_parent { rows.iter().map(|row| row.parent).collect() } else { Vec::new() },
            trace: if table == Table::Traces {
                Vec::new()
            } else {
                rows.iter().map(|row| row.trace).collect()
            },
            columns: inputs
                .fields
                .iter()
                .filter(|field| table_of(field) == table)
                .map(|field| column(field, rows))
                .collect(),
        }
    };
    Batch { signal: Signal::Traces, now, tables: wanted.iter().map(rows).collect() }
}

/// Adds a span, and what the span before of the same trace did not lie below.
fn add<'a>(span: &Leaf<'a>, before: &[usize], trace: u32, all: &mut [Vec<Row<'a>>; TABLES]) {
    let path = span.path();
    let requests = &mut all[Table::Requests as usize];
    if before.first() != path.first() {
        requests.push(Row { source: span.request(), parent: 0, trace });
    }
    let mut parent = requests.len() as u32 - 1;
    let levels = [Table::Resources, Table::Scopes, Table::Items];
    for (level, (table, record)) in levels.into_iter().zip(span.records()).enumerate() {
        let rows = &mut all[table as usize];
        if before.get(..level + 2) != path.get(..level + 2) {
            rows.push(Row { source: Source::Record(record), parent, trace });
        }
        parent = rows.len() as u32 - 1;
    }
    let item = span.item();
    for (table, records) in [(Table::Events, &item.events), (Table::Links, &item.links)] {
        let row = |record| Row { source: Source::Record(record), parent, trace };
        // The span outlives the leaf that it was found by.
        all[table as usize].extend(records.iter().map(row));
    }
}
