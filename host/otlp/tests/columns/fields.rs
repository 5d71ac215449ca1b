//! What a field of a row of the model reads as.

use http::HeaderValue;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{exemplar, number_data_point};
use sluice_otlp::RequestMetadata;
use sluice_otlp::columns::{Field, Intrinsic};

use crate::oracle::Message;
use crate::read::{Cell, Read};
use crate::values::{all_attributes, attribute, double, enumeration, id, number, present, size, text, time};

/// `None` where the field is not one of the message: the test asked for what a plan must refuse.
pub(crate) fn value(message: &Message<'_>, field: &Field) -> Option<Read> {
    match field {
        Field::Intrinsic(_, field) => intrinsic(message, *field),
        Field::Attribute(_, key, value_type) => Some(attribute(attributes(message)?, key, *value_type)),
        Field::Attributes(_) => Some(all_attributes(attributes(message)?)),
        Field::Metadata(name) => Some(header(request(message)?, name)),
        Field::Connection => Some(time(request(message)?.connection)),
    }
}

fn request<'a>(message: &Message<'a>) -> Option<&'a RequestMetadata> {
    match message {
        Message::Request(request) => Some(request),
        _ => None,
    }
}

fn header(request: &RequestMetadata, name: &str) -> Read {
    let values: Vec<&[u8]> = request.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    (Cell::Bytes(values.join(&b","[..])), !values.is_empty())
}

fn attributes<'a>(message: &Message<'a>) -> Option<&'a [KeyValue]> {
    Some(match message {
        Message::Resource(resource, _) => resource.map_or(&[][..], |resource| &resource.attributes),
        Message::Scope(scope, _) => scope.map_or(&[][..], |scope| &scope.attributes),
        Message::Span(span) => &span.attributes,
        Message::Log(record) => &record.attributes,
        Message::Number(point) => &point.attributes,
        Message::Histogram(point) => &point.attributes,
        Message::Exponential(point) => &point.attributes,
        Message::Summary(point) => &point.attributes,
        Message::Event(event) => &event.attributes,
        Message::Link(link) => &link.attributes,
        Message::Exemplar(exemplar) => &exemplar.filtered_attributes,
        Message::Items(items, _) => attributes(items.first()?)?,
        Message::Request(_) | Message::Metric(_) => return None,
    })
}

fn intrinsic(message: &Message<'_>, field: Intrinsic) -> Option<Read> {
    match message {
        Message::Request(_) => None,
        Message::Resource(resource, schema_url) => match field {
            Intrinsic::SchemaUrl => Some(text(schema_url)),
            Intrinsic::DroppedCount => {
                Some(number(resource.map_or(0, |resource| resource.dropped_attributes_count)))
            }
            _ => None,
        },
        Message::Scope(scope, schema_url) => match field {
            Intrinsic::SchemaUrl => Some(text(schema_url)),
            Intrinsic::Name => Some(text(scope.map_or("", |scope| &scope.name))),
            Intrinsic::Version => Some(text(scope.map_or("", |scope| &scope.version))),
            Intrinsic::DroppedCount => Some(number(scope.map_or(0, |scope| scope.dropped_attributes_count))),
            _ => None,
        },
        Message::Items(items, trace) => match field {
            Intrinsic::TraceId => Some(id::<16>(trace)),
            Intrinsic::SpanCount => Some(number(items.len() as u32)),
            Intrinsic::ByteSize => Some(number(items.iter().map(encoded_size).sum())),
            _ => intrinsic(items.first()?, field),
        },
        _ if field == Intrinsic::ByteSize => Some(number(encoded_size(message))),
        Message::Span(_) | Message::Event(_) | Message::Link(_) => of_traces(message, field),
        Message::Log(_) => of_logs(message, field),
        _ => of_metrics(message, field),
    }
}

fn encoded_size(message: &Message<'_>) -> u32 {
    match message {
        Message::Span(span) => size(*span),
        Message::Log(record) => size(*record),
        Message::Metric(metric) => size(*metric),
        Message::Number(point) => size(*point),
        Message::Histogram(point) => size(*point),
        Message::Exponential(point) => size(*point),
        Message::Summary(point) => size(*point),
        _ => 0,
    }
}

fn of_traces(message: &Message<'_>, field: Intrinsic) -> Option<Read> {
    Some(match (message, field) {
        (Message::Span(span), Intrinsic::TraceId) => id::<16>(&span.trace_id),
        (Message::Span(span), Intrinsic::SpanId) => id::<8>(&span.span_id),
        (Message::Span(span), Intrinsic::ParentSpanId) => id::<8>(&span.parent_span_id),
        (Message::Span(span), Intrinsic::Name) => text(&span.name),
        (Message::Span(span), Intrinsic::Kind) => enumeration(span.kind),
        (Message::Span(span), Intrinsic::StatusCode) => {
            enumeration(span.status.as_ref().map_or(0, |status| status.code))
        }
        (Message::Span(span), Intrinsic::StatusMessage) => {
            text(span.status.as_ref().map_or("", |status| &status.message))
        }
        (Message::Span(span), Intrinsic::Start) => time(span.start_time_unix_nano),
        (Message::Span(span), Intrinsic::End) => time(span.end_time_unix_nano),
        (Message::Span(span), Intrinsic::Flags) => number(span.flags),
        (Message::Span(span), Intrinsic::Tracestate) => text(&span.trace_state),
        (Message::Span(span), Intrinsic::DroppedCount) => number(span.dropped_attributes_count),
        (Message::Span(span), Intrinsic::DroppedEventsCount) => number(span.dropped_events_count),
        (Message::Span(span), Intrinsic::DroppedLinksCount) => number(span.dropped_links_count),
        (Message::Event(event), Intrinsic::Time) => time(event.time_unix_nano),
        (Message::Event(event), Intrinsic::Name) => text(&event.name),
        (Message::Event(event), Intrinsic::DroppedCount) => number(event.dropped_attributes_count),
        (Message::Link(link), Intrinsic::TraceId) => id::<16>(&link.trace_id),
        (Message::Link(link), Intrinsic::SpanId) => id::<8>(&link.span_id),
        (Message::Link(link), Intrinsic::Tracestate) => text(&link.trace_state),
        (Message::Link(link), Intrinsic::Flags) => number(link.flags),
        (Message::Link(link), Intrinsic::DroppedCount) => number(link.dropped_attributes_count),
        _ => return None,
    })
}

fn of_logs(message: &Message<'_>, field: Intrinsic) -> Option<Read> {
    let Message::Log(record) = message else { return None };
    Some(match field {
        Intrinsic::TraceId => id::<16>(&record.trace_id),
        Intrinsic::SpanId => id::<8>(&record.span_id),
        Intrinsic::Name => text(&record.event_name),
        Intrinsic::Time => time(record.time_unix_nano),
        Intrinsic::ObservedTime => time(record.observed_time_unix_nano),
        Intrinsic::Flags => number(record.flags),
        Intrinsic::SeverityNumber => enumeration(record.severity_number),
        Intrinsic::SeverityText => text(&record.severity_text),
        Intrinsic::Body => {
            let body = record.body.as_ref();
            (Cell::Bytes(body.map(prost::Message::encode_to_vec).unwrap_or_default()), body.is_some())
        }
        Intrinsic::DroppedCount => number(record.dropped_attributes_count),
        _ => return None,
    })
}

fn of_metrics(message: &Message<'_>, field: Intrinsic) -> Option<Read> {
    Some(match (message, field) {
        (Message::Metric(metric), Intrinsic::Name) => text(&metric.name),
        (Message::Metric(metric), Intrinsic::Unit) => text(&metric.unit),
        (Message::Metric(metric), Intrinsic::Type) => present(Cell::U8(match &metric.data {
            None => 0,
            Some(Data::Gauge(_)) => 1,
            Some(Data::Sum(_)) => 2,
            Some(Data::Histogram(_)) => 3,
            Some(Data::ExponentialHistogram(_)) => 4,
            Some(Data::Summary(_)) => 5,
        })),
        (Message::Metric(metric), Intrinsic::Temporality) => present(Cell::U8(match &metric.data {
            Some(Data::Sum(data)) => data.aggregation_temporality as u8,
            Some(Data::Histogram(data)) => data.aggregation_temporality as u8,
            Some(Data::ExponentialHistogram(data)) => data.aggregation_temporality as u8,
            _ => 0,
        })),
        (Message::Metric(metric), Intrinsic::Monotonic) => present(Cell::U8(match &metric.data {
            Some(Data::Sum(data)) => u8::from(data.is_monotonic),
            _ => 0,
        })),
        (Message::Number(point), Intrinsic::Value) => double(point.value.map(|value| match value {
            number_data_point::Value::AsInt(number) => number as f64,
            number_data_point::Value::AsDouble(number) => number,
        })),
        (Message::Histogram(point), Intrinsic::Value) => double(point.sum),
        (Message::Exponential(point), Intrinsic::Value) => double(point.sum),
        (Message::Summary(point), Intrinsic::Value) => double(Some(point.sum)),
        (Message::Exemplar(exemplar), Intrinsic::Value) => double(exemplar.value.map(|value| match value {
            exemplar::Value::AsInt(number) => number as f64,
            exemplar::Value::AsDouble(number) => number,
        })),
        (Message::Exemplar(exemplar), Intrinsic::TraceId) => id::<16>(&exemplar.trace_id),
        (Message::Exemplar(exemplar), Intrinsic::SpanId) => id::<8>(&exemplar.span_id),
        (Message::Exemplar(exemplar), Intrinsic::Time) => time(exemplar.time_unix_nano),
        (Message::Number(point), _) => {
            point_field(field, point.start_time_unix_nano, point.time_unix_nano, point.flags)?
        }
        (Message::Histogram(point), _) => {
            point_field(field, point.start_time_unix_nano, point.time_unix_nano, point.flags)?
        }
        (Message::Exponential(point), _) => {
            point_field(field, point.start_time_unix_nano, point.time_unix_nano, point.flags)?
        }
        (Message::Summary(point), _) => {
            point_field(field, point.start_time_unix_nano, point.time_unix_nano, point.flags)?
        }
        _ => return None,
    })
}

fn point_field(field: Intrinsic, start: u64, at: u64, flags: u32) -> Option<Read> {
    Some(match field {
        Intrinsic::Start => time(start),
        Intrinsic::Time => time(at),
        Intrinsic::Flags => number(flags),
        _ => return None,
    })
}
