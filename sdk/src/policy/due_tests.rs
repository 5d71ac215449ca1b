use super::Due;
use crate::Signal;
use crate::bindings::sluice::plugin::columns::{Batch, Rows, Table};

/// A batch of some traces, whose items are of the traces named.
fn batch(traces: u32, items: &[u32]) -> Batch {
    let rows = |table, count, trace: &[u32]| Rows {
        table,
        count,
        parent: Vec::new(),
        trace: trace.to_vec(),
        columns: Vec::new(),
    };
    let tables = vec![rows(Table::Traces, traces, &[]), rows(Table::Items, items.len() as u32, items)];
    Batch { signal: Signal::Traces, now: 0, tables }
}

/// The rows of each trace are those that name it, also where a trace has none.
#[test]
fn each_trace_has_its_rows() {
    let due = Due::new(batch(5, &[1, 1, 1, 3, 4]), &[]).unwrap();
    let rows: Vec<_> = (0..5).map(|trace| due.rows_of(Table::Items, trace).unwrap()).collect();
    assert_eq!(rows, [0..0, 0..3, 3..3, 3..4, 4..5]);
    assert_eq!(due.rows_of(Table::Items, 5), None);
    assert_eq!(due.rows_of(Table::Events, 0), None);
    assert_eq!(due.iter().map(|trace| trace.spans().len()).collect::<Vec<_>>(), [0, 3, 0, 1, 1]);
}

/// No traces are no error.
#[test]
fn there_may_be_none() {
    assert_eq!(Due::new(batch(0, &[]), &[]).unwrap().iter().len(), 0);
}

/// A host that does not keep to the contract gets an error that says where, not a trap.
#[test]
fn a_batch_of_something_else_is_refused() {
    let error = |batch| Due::new(batch, &[]).unwrap_err();
    assert_eq!(error(batch(2, &[0, 1, 0])), "the traces of items do not ascend at row 2");
    assert_eq!(error(batch(2, &[0, 2])), "row 1 of items is of trace 2, of 2");
    assert_eq!(error(batch(2, &[u32::MAX])), "row 0 of items is of trace 4294967295, of 2");
    let mut short = batch(2, &[0, 1]);
    short.tables[1].trace.pop();
    assert_eq!(error(short), "1 of the 2 rows of items have a trace");
    let mut without = batch(2, &[0, 1]);
    without.tables.remove(0);
    assert!(error(without).contains("no table traces"));
}

/// Rows that no field was declared of are not none: asking for them is a mistake that says so.
#[test]
#[should_panic = "declares no field of events"]
fn undeclared_rows_are_a_mistake() {
    let due = Due::new(batch(1, &[0]), &[]).unwrap();
    let _ = due.iter().map(|trace| trace.events().len()).sum::<usize>();
}
