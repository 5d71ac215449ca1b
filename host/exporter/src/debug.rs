use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use sluice_otlp::wire::{Fields, Value};
use sluice_otlp::{Leaf, Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reply};
use tracing::info;

use crate::{ExporterMetrics, ExporterSeries};

/// Writes what passes to the log: the `debug` exporter.
#[derive(Clone, Debug)]
pub struct DebugExporter {
    id: Arc<str>,
    verbosity: Verbosity,
    series: ExporterSeries,
}

/// How much a [`DebugExporter`] tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// One line a request: how much is in it.
    #[default]
    Basic,
    /// Also one line an item, up to a hundred a request: a span's name, a record's text, a point's metric.
    Normal,
    /// The same with trace and span ids. Unlike the Collector, attributes are not shown.
    Detailed,
}

/// Items of one request that get a line.
const ITEM_LINES: usize = 100;

impl DebugExporter {
    /// The exporter named `id` in the configuration.
    #[must_use]
    pub fn new(id: &str, verbosity: Verbosity, metrics: &ExporterMetrics) -> Self {
        let series = metrics.series(id);
        series.appear();
        Self { id: id.into(), verbosity, series }
    }

    fn summary(&self, request: &Request) {
        let exporter = &*self.id;
        let index = request.index();
        let (resources, items) = (index.resources.len(), index.leaves.len());
        match request.signal() {
            Signal::Traces => info!(exporter, resource_spans = resources, spans = items, "Traces"),
            Signal::Logs => info!(exporter, resource_logs = resources, log_records = items, "Logs"),
            Signal::Metrics => {
                let metrics = index.metrics.len();
                info!(exporter, resource_metrics = resources, metrics, data_points = items, "Metrics");
            }
        }
    }

    fn items(&self, request: &Request) {
        let exporter = &*self.id;
        for leaf in request.index().leaves.iter().take(ITEM_LINES) {
            let item = Item::read(request, leaf);
            if self.verbosity == Verbosity::Detailed {
                info!(exporter, trace_id = item.trace_id, span_id = item.span_id, "{}", item.text);
            } else {
                info!(exporter, "{}", item.text);
            }
        }
        let more = request.items().saturating_sub(ITEM_LINES);
        if more > 0 {
            info!(exporter, more, "further items are not shown");
        }
    }
}

impl Consumer for DebugExporter {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.summary(&payload.request);
        if self.verbosity != Verbosity::Basic {
            self.items(&payload.request);
        }
        self.series.sent(payload.signal(), payload.items() as u64);
        ready(Ok(Accepted::all())).boxed()
    }
}

/// What a line says of a span, a log record or a data point.
#[derive(Debug, Default)]
struct Item {
    text: String,
    trace_id: String,
    span_id: String,
}

impl Item {
    fn read(request: &Request, leaf: &Leaf) -> Self {
        let body = request.body();
        let message = body.get(leaf.content as usize..leaf.end as usize).unwrap_or_default();
        let text = |number| bytes_of(message, number).map(lossy).unwrap_or_default();
        let id = |number| bytes_of(message, number).map(hex).unwrap_or_default();
        // Numbers of fields: opentelemetry.proto's Span, LogRecord, Metric.
        match request.signal() {
            Signal::Traces => Self { text: text(5), trace_id: id(1), span_id: id(2) },
            Signal::Logs => {
                let string = bytes_of(message, 5).and_then(|any_value| bytes_of(any_value, 1));
                Self { text: string.map(lossy).unwrap_or_default(), trace_id: id(9), span_id: id(10) }
            }
            Signal::Metrics => {
                let metric = request.index().metrics.get(leaf.parent as usize);
                let metric = metric.and_then(|node| body.get(node.content as usize..node.end as usize));
                let name = metric.and_then(|metric| bytes_of(metric, 1)).map(lossy);
                Self { text: name.unwrap_or_default(), ..Self::default() }
            }
        }
    }
}

/// A message's first field of that number that holds bytes.
fn bytes_of(message: &[u8], number: u32) -> Option<&[u8]> {
    let mut fields = Fields::new(message);
    while let Ok(Some(field)) = fields.next_field() {
        if let (true, Value::Bytes(bytes)) = (field.number == number, field.value) {
            return Some(bytes);
        }
    }
    None
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "debug_tests.rs"]
mod tests;
