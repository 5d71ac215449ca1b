//! The tables of a batch, worked out the slow and obvious way from decoded messages.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics,
    SummaryDataPoint,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use sluice_otlp::RequestMetadata;
use sluice_otlp::columns::Table;

/// What a row stands for.
#[derive(Clone, Debug)]
pub(crate) enum Message<'a> {
    Request(&'a RequestMetadata),
    Resource(Option<&'a Resource>, &'a str),
    Scope(Option<&'a InstrumentationScope>, &'a str),
    Span(&'a Span),
    Log(&'a LogRecord),
    Metric(&'a Metric),
    Number(&'a NumberDataPoint),
    Histogram(&'a HistogramDataPoint),
    Exponential(&'a ExponentialHistogramDataPoint),
    Summary(&'a SummaryDataPoint),
    Event(&'a Event),
    Link(&'a Link),
    Exemplar(&'a Exemplar),
    /// A trace or a group: its items, and its trace's id.
    Items(Vec<Message<'a>>, &'a [u8]),
}

/// A message with those that lie in it.
pub(crate) struct Node<'a> {
    table: Table,
    message: Message<'a>,
    is_leaf: bool,
    children: Vec<Node<'a>>,
}

/// A row of a table.
pub(crate) struct Row<'a> {
    pub(crate) parent: Option<u32>,
    pub(crate) trace: Option<u32>,
    pub(crate) message: Message<'a>,
}

/// All tables, and for each table the row that each leaf belongs to.
#[derive(Default)]
pub(crate) struct Model<'a> {
    pub(crate) tables: BTreeMap<Table, Vec<Row<'a>>>,
    pub(crate) row_of_leaf: BTreeMap<Table, Vec<u32>>,
}

fn node<'a>(table: Table, message: Message<'a>, children: impl Iterator<Item = Node<'a>>) -> Node<'a> {
    Node { table, message, is_leaf: false, children: children.collect() }
}

fn leaf<'a>(table: Table, message: Message<'a>, children: impl Iterator<Item = Node<'a>>) -> Node<'a> {
    Node { is_leaf: true, ..node(table, message, children) }
}

pub(crate) fn spans(entry: &ResourceSpans) -> Node<'_> {
    let scopes = entry.scope_spans.iter().map(|scope| {
        let spans = scope.spans.iter().map(|span| {
            let events = span.events.iter().map(|event| (Table::Events, Message::Event(event)));
            let links = span.links.iter().map(|link| (Table::Links, Message::Link(link)));
            let parts = events.chain(links).map(|(table, part)| node(table, part, std::iter::empty()));
            leaf(Table::Items, Message::Span(span), parts)
        });
        node(Table::Scopes, Message::Scope(scope.scope.as_ref(), &scope.schema_url), spans)
    });
    node(Table::Resources, Message::Resource(entry.resource.as_ref(), &entry.schema_url), scopes)
}

pub(crate) fn log_records(entry: &ResourceLogs) -> Node<'_> {
    let scopes = entry.scope_logs.iter().map(|scope| {
        let records = scope.log_records.iter();
        let records = records.map(|record| leaf(Table::Items, Message::Log(record), std::iter::empty()));
        node(Table::Scopes, Message::Scope(scope.scope.as_ref(), &scope.schema_url), records)
    });
    node(Table::Resources, Message::Resource(entry.resource.as_ref(), &entry.schema_url), scopes)
}

pub(crate) fn points(entry: &ResourceMetrics) -> Node<'_> {
    let scopes = entry.scope_metrics.iter().map(|scope| {
        let metrics = scope
            .metrics
            .iter()
            .map(|metric| node(Table::Items, Message::Metric(metric), points_of(metric).into_iter()));
        node(Table::Scopes, Message::Scope(scope.scope.as_ref(), &scope.schema_url), metrics)
    });
    node(Table::Resources, Message::Resource(entry.resource.as_ref(), &entry.schema_url), scopes)
}

fn points_of(metric: &Metric) -> Vec<Node<'_>> {
    fn point<'a>(message: Message<'a>, exemplars: &'a [Exemplar]) -> Node<'a> {
        let exemplars = exemplars.iter().map(Message::Exemplar);
        leaf(Table::Points, message, exemplars.map(|part| node(Table::Exemplars, part, std::iter::empty())))
    }
    match &metric.data {
        None => Vec::new(),
        Some(Data::Gauge(data)) => {
            data.data_points.iter().map(|this| point(Message::Number(this), &this.exemplars)).collect()
        }
        Some(Data::Sum(data)) => {
            data.data_points.iter().map(|this| point(Message::Number(this), &this.exemplars)).collect()
        }
        Some(Data::Histogram(data)) => {
            data.data_points.iter().map(|this| point(Message::Histogram(this), &this.exemplars)).collect()
        }
        Some(Data::ExponentialHistogram(data)) => {
            data.data_points.iter().map(|this| point(Message::Exponential(this), &this.exemplars)).collect()
        }
        Some(Data::Summary(data)) => {
            data.data_points.iter().map(|this| point(Message::Summary(this), &[])).collect()
        }
    }
}

impl<'a> Model<'a> {
    /// From requests with their resources, as far as they lead to a leaf whose number is selected.
    pub(crate) fn new(
        requests: impl Iterator<Item = (&'a RequestMetadata, Vec<Node<'a>>)>,
        selected: impl Fn(u32) -> bool,
    ) -> Self {
        let mut model = Self::default();
        let mut number = 0;
        for (metadata, resources) in requests {
            let request = node(Table::Requests, Message::Request(metadata), resources.into_iter());
            if let Some(request) = prune(request, &mut number, &selected) {
                model.add(&request, &mut Vec::new());
            }
        }
        model
    }

    fn add(&mut self, node: &Node<'a>, path: &mut Vec<(Table, u32)>) {
        let parent = path.last().map(|(_, row)| *row);
        let mut row = Row { parent, trace: None, message: node.message.clone() };
        if let Some(id) = trace_id(&node.message) {
            let trace = self.collect(Table::Traces, None, None, &node.message, id);
            let group = self.collect(Table::Groups, parent, Some(trace), &node.message, id);
            self.row_of_leaf.entry(Table::Traces).or_default().push(trace);
            self.row_of_leaf.entry(Table::Groups).or_default().push(group);
            row.trace = Some(trace);
        }
        let rows = self.tables.entry(node.table).or_default();
        rows.push(row);
        path.push((node.table, rows.len() as u32 - 1));
        if node.is_leaf {
            for (table, row) in path.iter() {
                self.row_of_leaf.entry(*table).or_default().push(*row);
            }
        }
        for child in &node.children {
            self.add(child, path);
        }
        path.pop();
    }

    /// Adds an item to the trace or group that it belongs to; answers with that row.
    fn collect(
        &mut self,
        table: Table,
        parent: Option<u32>,
        trace: Option<u32>,
        item: &Message<'a>,
        id: &'a [u8],
    ) -> u32 {
        let rows = self.tables.entry(table).or_default();
        let same = |row: &Row<'_>| {
            row.parent == parent && matches!(&row.message, Message::Items(_, of) if *of == id)
        };
        let position = rows.iter().position(same).unwrap_or_else(|| {
            rows.push(Row { parent, trace, message: Message::Items(Vec::new(), id) });
            rows.len() - 1
        });
        if let Message::Items(items, _) = &mut rows[position].message {
            items.push(item.clone());
        }
        position as u32
    }
}

/// The id that an item goes by; one of zeros is none.
fn trace_id<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    const NONE: &[u8] = &[0; 16];
    let id = match message {
        Message::Span(span) => &span.trace_id,
        Message::Log(record) => &record.trace_id,
        _ => return None,
    };
    Some(if id.is_empty() { NONE } else { id })
}

fn prune<'a>(mut node: Node<'a>, number: &mut u32, selected: &impl Fn(u32) -> bool) -> Option<Node<'a>> {
    if node.is_leaf {
        *number += 1;
        return selected(*number - 1).then_some(node);
    }
    node.children = node.children.into_iter().filter_map(|child| prune(child, number, selected)).collect();
    (!node.children.is_empty()).then_some(node)
}
