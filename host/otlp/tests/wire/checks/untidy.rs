//! Requests as no tidy encoder writes them: unknown fields in each message, known ones given twice.

use sluice_otlp::Signal;
use sluice_otlp::wire::{Fields, Value, put_varint};

use super::source::Source;

/// The messages of OTLP by the fields that hold them: message, field number, message in it.
const MESSAGES: &[(&str, u32, &str)] = &[
    ("TraceRequest", 1, "ResourceSpans"),
    ("ResourceSpans", 1, "Resource"),
    ("ResourceSpans", 2, "ScopeSpans"),
    ("ScopeSpans", 1, "Scope"),
    ("ScopeSpans", 2, "Span"),
    ("Span", 9, "KeyValue"),
    ("Span", 11, "Event"),
    ("Span", 13, "Link"),
    ("Span", 15, "Status"),
    ("Event", 3, "KeyValue"),
    ("Link", 4, "KeyValue"),
    ("LogsRequest", 1, "ResourceLogs"),
    ("ResourceLogs", 1, "Resource"),
    ("ResourceLogs", 2, "ScopeLogs"),
    ("ScopeLogs", 1, "Scope"),
    ("ScopeLogs", 2, "LogRecord"),
    ("LogRecord", 5, "AnyValue"),
    ("LogRecord", 6, "KeyValue"),
    ("MetricsRequest", 1, "ResourceMetrics"),
    ("ResourceMetrics", 1, "Resource"),
    ("ResourceMetrics", 2, "ScopeMetrics"),
    ("ScopeMetrics", 1, "Scope"),
    ("ScopeMetrics", 2, "Metric"),
    ("Metric", 5, "NumberData"),
    ("Metric", 7, "NumberData"),
    ("Metric", 9, "HistogramData"),
    ("Metric", 10, "ExponentialData"),
    ("Metric", 11, "SummaryData"),
    ("Metric", 12, "KeyValue"),
    ("NumberData", 1, "NumberPoint"),
    ("NumberPoint", 5, "Exemplar"),
    ("NumberPoint", 7, "KeyValue"),
    ("HistogramData", 1, "HistogramPoint"),
    ("HistogramPoint", 8, "Exemplar"),
    ("HistogramPoint", 9, "KeyValue"),
    ("ExponentialData", 1, "ExponentialPoint"),
    ("ExponentialPoint", 1, "KeyValue"),
    ("ExponentialPoint", 8, "Buckets"),
    ("ExponentialPoint", 11, "Exemplar"),
    ("SummaryData", 1, "SummaryPoint"),
    ("SummaryPoint", 6, "Quantile"),
    ("SummaryPoint", 7, "KeyValue"),
    ("Exemplar", 7, "KeyValue"),
    ("Resource", 1, "KeyValue"),
    ("Resource", 3, "EntityRef"),
    ("Scope", 3, "KeyValue"),
    ("KeyValue", 2, "AnyValue"),
    ("AnyValue", 5, "ArrayValue"),
    ("AnyValue", 6, "KeyValueList"),
    ("ArrayValue", 1, "AnyValue"),
    ("KeyValueList", 1, "KeyValue"),
];

/// Rewrites a valid request: unknown fields come between the known ones of all messages, some fields come
/// twice, and metrics have data of several kinds.
pub(crate) fn untidy(signal: Signal, body: &[u8], source: &mut Source<'_>) -> Vec<u8> {
    let request = match signal {
        Signal::Traces => "TraceRequest",
        Signal::Logs => "LogsRequest",
        Signal::Metrics => "MetricsRequest",
    };
    rewrite(request, body, source)
}

fn rewrite(message: &str, content: &[u8], source: &mut Source<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut late = Vec::new();
    let mut fields = Fields::new(content);
    while let Ok(Some(field)) = fields.next_field() {
        put_unknown(&mut out, source);
        let inner = MESSAGES.iter().find(|(outer, number, _)| *outer == message && *number == field.number);
        let start = out.len();
        match (inner, field.value) {
            (Some((_, _, inner)), Value::Bytes(content)) => {
                put_bytes(&mut out, field.number, &rewrite(inner, content, source));
            }
            _ => out.extend_from_slice(&content[field.start..field.end]),
        }
        match source.below(24) {
            1 => out.extend_from_within(start..),
            2 => late.extend_from_slice(&out[start..]),
            3 if message == "Metric" => put_bytes(&mut out, [5, 7, 9, 10, 11][source.below(5)], &[]),
            _ => {}
        }
    }
    out.extend(late);
    put_unknown(&mut out, source);
    out
}

/// Sometimes, a field of any wire type with a number that OTLP does not use.
fn put_unknown(out: &mut Vec<u8>, source: &mut Source<'_>) {
    let number = [20, 99, 1000, (1 << 29) - 1][source.below(4)];
    match source.below(16) {
        1 => {
            put_tag(out, number, 0);
            put_varint(out, source.number());
        }
        2 => {
            put_tag(out, number, 1);
            out.extend_from_slice(&source.number().to_le_bytes());
        }
        3 => put_bytes(out, number, source.text().as_bytes()),
        4 => {
            put_tag(out, number, 3);
            put_bytes(out, 7, source.text().as_bytes());
            put_tag(out, number, 4);
        }
        5 => {
            put_tag(out, number, 5);
            out.extend_from_slice(&source.short().to_le_bytes());
        }
        _ => {}
    }
}

fn put_tag(out: &mut Vec<u8>, number: u32, wire_type: u64) {
    put_varint(out, u64::from(number) << 3 | wire_type);
}

fn put_bytes(out: &mut Vec<u8>, number: u32, content: &[u8]) {
    put_tag(out, number, 2);
    put_varint(out, content.len() as u64);
    out.extend_from_slice(content);
}
