//! From a vector's input to a request.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sluice_sdk::Signal;
use sluice_sdk::testing::{LogRecord, Metric, Point, Request, Resource, Scope, Span};

use crate::attributes;

/// The trace id of every span and log record in the file.
const TRACE_ID: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// The attributes of each level, and what else a metric is.
#[derive(Deserialize)]
pub(crate) struct Input {
    resource: Map<String, Json>,
    #[serde(default)]
    scope: Map<String, Json>,
    #[serde(default)]
    item: Map<String, Json>,
    #[serde(default)]
    extra: Extra,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Extra {
    metric: FileMetric,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FileMetric {
    name: String,
    unit: String,
    #[serde(rename = "type")]
    metric_type: String,
    aggregation_temporality: u8,
    is_monotonic: bool,
    scope_name: String,
    scope_version: String,
}

/// Takes what has attributes, gives it those of a map.
macro_rules! with_attributes {
    ($record:expr, $map:expr) => {
        attributes($map).into_iter().fold($record, |record, (key, value)| record.attribute(&key, value))
    };
}

pub(crate) fn request(input: &Input, signal: Signal) -> Request {
    let metric = &input.extra.metric;
    let scope = Scope::new(&metric.scope_name).version(&metric.scope_version);
    let scope = with_attributes!(scope, &input.scope);
    let scope = match signal {
        Signal::Traces => scope.span(with_attributes!(Span::new(TRACE_ID), &input.item)),
        Signal::Logs => scope.log_record(with_attributes!(LogRecord::new().trace_id(TRACE_ID), &input.item)),
        Signal::Metrics => scope.metric(to_metric(metric).point(with_attributes!(Point::new(), &input.item))),
    };
    Request::new().resource(with_attributes!(Resource::new(), &input.resource).scope(scope))
}

fn to_metric(metric: &FileMetric) -> Metric {
    let metric_type = match metric.metric_type.as_str() {
        "gauge" => 1,
        "sum" => 2,
        "histogram" => 3,
        "exponential_histogram" => 4,
        "summary" => 5,
        _ => 0,
    };
    Metric::new(&metric.name)
        .unit(&metric.unit)
        .metric_type(metric_type)
        .temporality(metric.aggregation_temporality)
        // The host tells it of sums alone, whatever the file says.
        .monotonic(metric.is_monotonic && metric.metric_type == "sum")
}
