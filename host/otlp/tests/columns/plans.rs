//! What a plan refuses, and in which words.

use bytes::Bytes;
use sluice_otlp::columns::{Field, Intrinsic, Plan, Table, ValueType};
use sluice_otlp::{Payload, Request, Signal};

fn nothing(signal: Signal) -> Payload {
    Payload::bare(Request::scan(signal, Bytes::new()).unwrap())
}

fn refusal(signal: Signal, keyed: Table, fields: Vec<Field>) -> String {
    Plan::new(signal, keyed, fields).unwrap_err().to_string()
}

fn of_items(field: Intrinsic) -> Vec<Field> {
    vec![Field::Intrinsic(Table::Items, field)]
}

/// What cannot be had is refused when the plan is made, with the table, the field and the signal by their names.
#[test]
fn what_cannot_be_had_is_refused_by_name() {
    let name = |table, key: &str| vec![Field::Attribute(table, key.to_owned(), ValueType::Text)];
    let cases = [
        (Signal::Metrics, Table::Traces, vec![], "metrics have no table `traces`"),
        (Signal::Logs, Table::Items, name(Table::Events, "k"), "logs have no table `events`"),
        (
            Signal::Traces,
            Table::Events,
            vec![],
            "`events` cannot be keyed: a key says where a whole span, log record or data point goes",
        ),
        (
            Signal::Logs,
            Table::Items,
            of_items(Intrinsic::ParentSpanId),
            "the table `items` of logs has no field `parent-span-id`",
        ),
        (
            Signal::Metrics,
            Table::Points,
            of_items(Intrinsic::TraceId),
            "the table `items` of metrics has no field `trace-id`",
        ),
        (
            Signal::Metrics,
            Table::Items,
            name(Table::Items, "k"),
            "the rows of `items` of metrics have no attributes",
        ),
        (
            Signal::Traces,
            Table::Items,
            name(Table::Requests, "k"),
            "the rows of `requests` of traces have no attributes",
        ),
        (
            Signal::Traces,
            Table::Traces,
            vec![Field::Intrinsic(Table::Traces, Intrinsic::Trigger)],
            "`trigger` is known to sampling policies only",
        ),
        (
            Signal::Traces,
            Table::Items,
            vec![Field::Metadata("X-Tenant".to_owned())],
            "`X-Tenant` is no header name in lower case",
        ),
        (
            Signal::Traces,
            Table::Items,
            vec![Field::Connection; 65],
            "65 fields are asked for; a stage may name at most 64",
        ),
    ];
    for (signal, keyed, fields, words) in cases {
        assert_eq!(refusal(signal, keyed, fields), words);
    }
}

/// A plan brings all ancestors of its tables, in the order of the tables, and nothing else.
#[test]
fn a_plan_brings_the_ancestors_of_its_tables() {
    let fields = vec![Field::Intrinsic(Table::Exemplars, Intrinsic::TraceId)];
    let plan = Plan::new(Signal::Metrics, Table::Resources, fields).unwrap();
    assert_eq!((plan.signal(), plan.keyed()), (Signal::Metrics, Table::Resources));
    let tables: Vec<Table> =
        plan.extract(&nothing(Signal::Metrics), &[], 0).batch.tables.iter().map(|rows| rows.table).collect();
    let all =
        [Table::Requests, Table::Resources, Table::Scopes, Table::Items, Table::Points, Table::Exemplars];
    assert_eq!(tables, all);
}

/// The trace ids alone need no other table.
#[test]
fn traces_have_no_ancestors() {
    let fields = vec![Field::Intrinsic(Table::Traces, Intrinsic::TraceId)];
    let plan = Plan::new(Signal::Logs, Table::Traces, fields).unwrap();
    assert_eq!(plan.extract(&nothing(Signal::Logs), &[], 0).batch.tables.len(), 1);
}
