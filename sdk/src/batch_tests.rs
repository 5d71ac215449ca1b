use crate::bindings::sluice::plugin::columns::{Batch, BytesColumn, Column, Rows, Table, Values};
use crate::table::Resources;
use crate::{Keys, Missing, Plan, Signal};

/// A plan of one stage that makes a resource's attribute its key.
fn plan() -> Plan {
    let mut plan = Plan::new(Missing::Empty);
    let mut stage = plan.stage(Resources);
    let name = stage.text(Resources, "name");
    stage.keys(move |mut rows| Ok(Keys::from(rows.take(name))));
    plan
}

fn batch(table: Table, columns: Vec<Column>) -> Batch {
    let rows = Rows { table, count: 1, parent: vec![0], trace: vec![], columns };
    Batch { signal: Signal::Logs, now: 0, tables: vec![rows] }
}

fn names() -> Column {
    let values = Values::Bytes(BytesColumn { offsets: vec![0, 1], data: vec![b'x'] });
    Column { values, present: vec![] }
}

/// A batch of what the stage asked for is keyed.
#[test]
fn a_batch_as_asked_for_is_taken() {
    let keys = plan().keys(0, batch(Table::Resources, vec![names()])).unwrap();
    assert_eq!(keys.into_raw(), names());
}

/// A host that does not keep to the contract gets an error that says where, not a trap.
#[test]
fn a_batch_of_something_else_is_refused() {
    let error = |batch| plan().keys(0, batch).unwrap_err();
    assert!(error(batch(Table::Scopes, vec![names()])).contains("no table resources"));
    assert!(error(batch(Table::Resources, vec![])).contains("column 0 of resources"));
    let numbers = Column { values: Values::U8s(vec![1]), present: vec![] };
    assert!(error(batch(Table::Resources, vec![numbers])).contains("not in the shape Bytes"));
    assert!(plan().keys(1, batch(Table::Resources, vec![names()])).unwrap_err().contains("no stage 1"));
}
