//! Whatever is sent, whatever is selected of it, and whatever is asked: the columns are what prost decodes.

use std::ops::Range;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;
use sluice_otlp::columns::{Field, Intrinsic, Plan, Table, ValueType};
use sluice_otlp::{Payload, Request, RequestMetadata, Signal};

use crate::fields::value;
use crate::generate::{KEYS, logs, metrics, traces};
use crate::oracle::{Model, Node, log_records, points, spans};
use crate::read::columns;

const TABLES: [Table; 10] = [
    Table::Requests,
    Table::Resources,
    Table::Scopes,
    Table::Traces,
    Table::Groups,
    Table::Items,
    Table::Points,
    Table::Events,
    Table::Links,
    Table::Exemplars,
];

const INTRINSICS: [Intrinsic; 28] = [
    Intrinsic::TraceId,
    Intrinsic::SpanId,
    Intrinsic::ParentSpanId,
    Intrinsic::Name,
    Intrinsic::Version,
    Intrinsic::SchemaUrl,
    Intrinsic::Kind,
    Intrinsic::StatusCode,
    Intrinsic::StatusMessage,
    Intrinsic::Start,
    Intrinsic::End,
    Intrinsic::Time,
    Intrinsic::ObservedTime,
    Intrinsic::Flags,
    Intrinsic::Tracestate,
    Intrinsic::SeverityNumber,
    Intrinsic::SeverityText,
    Intrinsic::Body,
    Intrinsic::Unit,
    Intrinsic::Type,
    Intrinsic::Temporality,
    Intrinsic::Monotonic,
    Intrinsic::Value,
    Intrinsic::DroppedCount,
    Intrinsic::SpanCount,
    Intrinsic::ByteSize,
    Intrinsic::DroppedEventsCount,
    Intrinsic::DroppedLinksCount,
];

const TYPES: [ValueType; 5] =
    [ValueType::Text, ValueType::Int, ValueType::Double, ValueType::Boolean, ValueType::Any];

/// Every field that can be had of a signal.
pub(crate) fn possible_fields(signal: Signal) -> Vec<Field> {
    let intrinsics =
        TABLES.iter().flat_map(|table| INTRINSICS.map(|intrinsic| Field::Intrinsic(*table, intrinsic)));
    let attributes = TABLES.iter().flat_map(|table| {
        KEYS[..3].iter().flat_map(|key| TYPES.map(|kind| Field::Attribute(*table, (*key).to_owned(), kind)))
    });
    let lists = TABLES.iter().map(|table| Field::Attributes(*table));
    let of_requests = [Field::Metadata("x-tenant".to_owned()), Field::Connection];
    let all = intrinsics.chain(attributes).chain(lists).chain(of_requests);
    all.filter(|field| Plan::new(signal, Table::Items, vec![field.clone()]).is_ok()).collect()
}

/// A table that can be keyed, and some of the fields that can be had.
fn question(signal: Signal) -> impl Strategy<Value = (Table, Vec<Field>)> {
    let keyed: Vec<Table> =
        TABLES.into_iter().filter(|table| Plan::new(signal, *table, Vec::new()).is_ok()).collect();
    let fields = prop::collection::vec(prop::sample::select(possible_fields(signal)), 0..12);
    (prop::sample::select(keyed), fields)
}

/// Which leaves are selected, by their numbers.
fn selection() -> impl Strategy<Value = Vec<bool>> {
    prop_oneof![Just(vec![true; 200]), prop::collection::vec(any::<bool>(), 200)]
}

fn ranges(selected: &[bool], leaves: usize) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for number in (0..leaves).filter(|number| selected[*number]) {
        let number = number as u32;
        match ranges.last_mut() {
            Some(last) if last.end == number => last.end += 1,
            _ => ranges.push(number..number + 1),
        }
    }
    ranges
}

/// Requests that were sent one after the other, as one payload: with a header of their own each.
fn metadata(resources: impl Iterator<Item = usize>) -> Arc<[RequestMetadata]> {
    let request = |(number, resources): (usize, usize)| {
        let mut headers = HeaderMap::new();
        for value in 0..number % 3 {
            headers.append("x-tenant", HeaderValue::from(value + number));
        }
        RequestMetadata {
            headers: Arc::new(headers),
            connection: number as u64 * 7,
            resources: resources as u32,
        }
    };
    resources.enumerate().map(request).collect()
}

/// Extracts with the plan, and compares everything with the model.
fn compare<T>(
    signal: Signal,
    requests: &[Vec<T>],
    body: Vec<u8>,
    tree: fn(&T) -> Node<'_>,
    (keyed, fields): (Table, Vec<Field>),
    selected: &[bool],
) -> Result<(), TestCaseError> {
    let request = Request::scan(signal, body.into()).unwrap();
    let metadata = metadata(requests.iter().map(Vec::len));
    let payload = Payload { request, metadata: metadata.clone(), deadline: None };
    let plan = Plan::new(signal, keyed, fields.clone()).unwrap();
    let extracted = plan.extract(&payload, &ranges(selected, payload.items()), 42);

    let trees = metadata.iter().zip(requests).map(|(row, request)| (row, request.iter().map(tree).collect()));
    let mut model = Model::new(trees, |number| selected[number as usize]);

    prop_assert_eq!(extracted.batch.signal, signal);
    prop_assert_eq!(extracted.batch.now, 42);
    prop_assert_eq!(extracted.row_of_leaf, model.row_of_leaf.remove(&keyed).unwrap_or_default());
    let tables: Vec<Table> = extracted.batch.tables.iter().map(|rows| rows.table).collect();
    prop_assert!(tables.is_sorted(), "{:?}", tables);
    prop_assert!(tables.contains(&keyed) && fields.iter().all(|field| tables.contains(&field.table())));
    for rows in &extracted.batch.tables {
        let expected = model.tables.remove(&rows.table).unwrap_or_default();
        prop_assert_eq!(rows.count as usize, expected.len(), "{:?}", rows.table);
        let parents: Vec<u32> = expected.iter().filter_map(|row| row.parent).collect();
        prop_assert_eq!(&rows.parent, &parents, "{:?}", rows.table);
        let has_traces = tables.contains(&Table::Traces);
        let traces: Vec<u32> = expected.iter().filter_map(|row| row.trace).filter(|_| has_traces).collect();
        prop_assert_eq!(&rows.trace, &traces, "{:?}", rows.table);
        let asked: Vec<&Field> = fields.iter().filter(|field| field.table() == rows.table).collect();
        prop_assert_eq!(asked.len(), rows.columns.len());
        for (field, column) in asked.iter().zip(columns(rows)) {
            let expected: Vec<_> = expected.iter().map(|row| value(&row.message, field).unwrap()).collect();
            prop_assert_eq!(column, expected, "{:?}", field);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Traces: any spans, any selection, any fields.
    #[test]
    fn columns_of_traces_are_what_prost_decodes(
        requests in prop::collection::vec(traces(), 0..3),
        question in question(Signal::Traces),
        selected in selection(),
    ) {
        let body = ExportTraceServiceRequest { resource_spans: requests.concat() }.encode_to_vec();
        compare(Signal::Traces, &requests, body, spans, question, &selected)?;
    }

    /// Logs: any records, any selection, any fields.
    #[test]
    fn columns_of_logs_are_what_prost_decodes(
        requests in prop::collection::vec(logs(), 0..3),
        question in question(Signal::Logs),
        selected in selection(),
    ) {
        let body = ExportLogsServiceRequest { resource_logs: requests.concat() }.encode_to_vec();
        compare(Signal::Logs, &requests, body, log_records, question, &selected)?;
    }

    /// Metrics: any points of all five types, any selection, any fields.
    #[test]
    fn columns_of_metrics_are_what_prost_decodes(
        requests in prop::collection::vec(metrics(), 0..3),
        question in question(Signal::Metrics),
        selected in selection(),
    ) {
        let body = ExportMetricsServiceRequest { resource_metrics: requests.concat() }.encode_to_vec();
        compare(Signal::Metrics, &requests, body, points, question, &selected)?;
    }
}
