use crate::bindings::sluice::plugin::columns::{AttributeOf, Field, IntrinsicOf, Table, ValueType};
use crate::intrinsic::{NAME, TRACE_ID};
use crate::table::{Items, Requests, Resources, Scopes};
use crate::{Missing, Plan};

/// The contract's words for what was declared, in the order in which it was.
#[test]
fn a_plan_is_put_in_the_words_of_the_contract() {
    let mut plan = Plan::new(Missing::Reject);
    let mut stage = plan.stage(Resources);
    let _ = stage.header("X-Tenant");
    let _ = stage.int(Resources, "shard");
    stage.key(|_, _| {});
    let mut stage = plan.stage(Items);
    let _ = stage.intrinsic(Items, TRACE_ID);
    let _ = stage.attributes(Scopes);
    let _ = stage.connection();
    stage.key(|_, _| {});

    let raw = plan.to_raw();
    assert_eq!(raw.missing, Missing::Reject);
    assert_eq!([raw.stages[0].keyed, raw.stages[1].keyed], [Table::Resources, Table::Items]);
    let shard = AttributeOf { table: Table::Resources, key: "shard".to_owned(), value_type: ValueType::Int };
    assert_eq!(raw.stages[0].fields, [Field::Metadata("x-tenant".to_owned()), Field::Attribute(shard)]);
    let trace_id = IntrinsicOf { table: Table::Items, intrinsic: TRACE_ID.raw };
    let expected = [Field::Intrinsic(trace_id), Field::Attributes(Table::Scopes), Field::Connection];
    assert_eq!(raw.stages[1].fields, expected);
}

/// Columns are numbered within their table; the same field twice is one column.
#[test]
fn fields_are_numbered_by_table() {
    let mut plan = Plan::new(Missing::Empty);
    let mut stage = plan.stage(Items);
    let columns = [
        stage.text(Resources, "a").column,
        stage.text(Items, "a").column,
        stage.intrinsic(Scopes, NAME).column,
        stage.text(Resources, "b").column,
        stage.int(Resources, "a").column,
        stage.text(Resources, "a").column,
        stage.header("a").column,
    ];
    assert_eq!(columns, [0, 0, 0, 1, 2, 0, 0]);
    stage.key(|_, _| {});
    assert_eq!(plan.to_raw().stages[0].fields.len(), 6);
}

/// A stage that was not told how to make keys does not count.
#[test]
fn an_unfinished_stage_is_none() {
    let mut plan = Plan::new(Missing::Empty);
    let _ = plan.stage(Requests);
    assert!(plan.to_raw().stages.is_empty());
}
