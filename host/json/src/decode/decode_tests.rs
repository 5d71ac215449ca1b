use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric, number_data_point};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use sluice_otlp::{Request, Signal};

use super::{DecodeError, decode};

const NO_LIMIT: usize = usize::MAX;

fn traces(json: &str) -> ExportTraceServiceRequest {
    let bytes =
        decode(Signal::Traces, json.as_bytes(), NO_LIMIT).unwrap_or_else(|error| panic!("{json}: {error}"));
    Request::scan(Signal::Traces, bytes.clone().into()).expect("what the scanner takes");
    ExportTraceServiceRequest::decode(&bytes[..]).expect("a message")
}

/// The one span of a request with these fields.
fn span(fields: &str) -> Span {
    let request = traces(&format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{fields}}}]}}]}}]}}"#));
    request.resource_spans[0].scope_spans[0].spans[0].clone()
}

/// The one log record of a request with these fields.
fn record(fields: &str) -> LogRecord {
    let json = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{{fields}}}]}}]}}]}}"#);
    let bytes =
        decode(Signal::Logs, json.as_bytes(), NO_LIMIT).unwrap_or_else(|error| panic!("{json}: {error}"));
    let request = ExportLogsServiceRequest::decode(&bytes[..]).expect("a message");
    request.resource_logs[0].scope_logs[0].log_records[0].clone()
}

fn body(json: &str) -> Option<Value> {
    record(&format!(r#""body":{json}"#)).body.expect("a body").value
}

/// The one metric of a request with these fields.
fn metric(fields: &str) -> Metric {
    let json = format!(r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{{fields}}}]}}]}}]}}"#);
    let bytes =
        decode(Signal::Metrics, json.as_bytes(), NO_LIMIT).unwrap_or_else(|error| panic!("{json}: {error}"));
    let request = ExportMetricsServiceRequest::decode(&bytes[..]).expect("a message");
    request.resource_metrics[0].scope_metrics[0].metrics[0].clone()
}

/// What is wrong with a request whose one span has these fields.
fn fault(fields: &str) -> String {
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{}},{{{fields}}}]}}]}}]}}"#);
    let error = decode(Signal::Traces, json.as_bytes(), NO_LIMIT).expect_err(fields);
    let DecodeError::Malformed { path, message } = error else { panic!("{error}") };
    assert!(path.starts_with("resourceSpans[0].scopeSpans[0].spans[1]"), "{path}");
    format!("{}: {message}", path.trim_start_matches("resourceSpans[0].scopeSpans[0].spans[1]."))
}

/// Ids are hex of either case, and may be absent or empty.
#[test]
fn ids_are_hex() {
    let read =
        span(r#""traceId":"5B8EFFF798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","parentSpanId":"""#);
    assert_eq!(read.trace_id, 0x5b8efff798038103d269b633813fc60c_u128.to_be_bytes());
    assert_eq!(read.span_id, 0xeee19b7ec3c1b174_u64.to_be_bytes());
    assert!(read.parent_span_id.is_empty());
}

/// 64-bit integers are text or numbers, and whole numbers may be written with a point or an exponent.
#[test]
fn integers_are_text_or_numbers() {
    let read = span(
        r#""startTimeUnixNano":"18446744073709551615","endTimeUnixNano":1544712661000000000,"droppedLinksCount":2.0,"droppedEventsCount":"3","flags":1e2"#,
    );
    assert_eq!((read.start_time_unix_nano, read.end_time_unix_nano), (u64::MAX, 1_544_712_661_000_000_000));
    assert_eq!((read.dropped_links_count, read.dropped_events_count, read.flags), (2, 3, 100));
    assert_eq!(body(r#"{"intValue":"-9223372036854775808"}"#), Some(Value::IntValue(i64::MIN)));
    assert_eq!(body(r#"{"intValue":-1}"#), Some(Value::IntValue(-1)));
}

/// Doubles are numbers, text, or one of the words that JSON has no number for.
#[test]
fn doubles_have_words() {
    let double = |json: &str| match body(&format!(r#"{{"doubleValue":{json}}}"#)) {
        Some(Value::DoubleValue(value)) => value,
        other => panic!("{json}: {other:?}"),
    };
    assert!(double(r#""NaN""#).is_nan());
    assert_eq!(double(r#""Infinity""#), f64::INFINITY);
    assert_eq!(double(r#""-Infinity""#), f64::NEG_INFINITY);
    assert_eq!(
        (double("0.1"), double("-3"), double(r#""1.5e3""#), double("1e300")),
        (0.1, -3.0, 1500.0, 1e300)
    );
}

/// Enums are numbers, those of the future too; their names are understood as the Collector does.
#[test]
fn enums_are_numbers() {
    assert_eq!(span(r#""kind":2"#).kind, 2);
    assert_eq!(span(r#""kind":"SPAN_KIND_CLIENT""#).kind, 3);
    assert_eq!(span(r#""kind":77"#).kind, 77);
    assert_eq!(span(r#""status":{"code":-1}"#).status.expect("a status").code, -1);
    assert_eq!(record(r#""severityNumber":"SEVERITY_NUMBER_WARN2""#).severity_number, 14);
}

/// Bytes are base64 of either alphabet, padded or not.
#[test]
fn bytes_are_base64() {
    for text in ["-_8=", "-_8", "+/8=", "+/8"] {
        let read = body(&format!(r#"{{"bytesValue":"{text}"}}"#));
        assert_eq!(read, Some(Value::BytesValue(vec![0xfb, 0xff])), "{text}");
    }
}

/// What the tables do not know is ignored, however deep and whatever it is; so is `null`.
#[test]
fn unknown_fields_and_nulls_are_ignored() {
    let read = span(
        r#""name":"a","future":{"x":[[{"y":null}],1e9,"\u0000"]},"":1,"kind":null,"status":null,"events":null,"attributes":[]"#,
    );
    assert_eq!(read, Span { name: "a".into(), ..Span::default() });
    assert_eq!(traces("{}"), ExportTraceServiceRequest::default());
    assert_eq!(traces(r#" {"resourceSpans" : null} "#), ExportTraceServiceRequest::default());
}

/// Names of the .proto files are the same fields: to ignore them would lose the request.
#[test]
fn names_with_underscores_are_known() {
    let request = traces(
        r#"{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"00000000000000000000000000000001"}]}]}]}"#,
    );
    assert_eq!(request.resource_spans[0].scope_spans[0].spans[0].trace_id, 1_u128.to_be_bytes());
}

/// Escapes, all of Unicode, and half a character that a script has left are read as text.
#[test]
fn text_is_unicode() {
    let name = |json: &str| span(&format!(r#""name":"{json}""#)).name;
    assert_eq!(name(r#"a\"\\\/\b\n\u00e9\ud83d\ude00"#), "a\"\\/\u{8}\n\u{e9}\u{1f600}");
    assert_eq!(name("\u{4e2d}\u{1f600}"), "\u{4e2d}\u{1f600}");
    assert_eq!(name(r"cut\ud83d"), "cut\u{fffd}");
    assert_eq!(name(r"\ude00\ud83dx\ud83d\u0041"), "\u{fffd}\u{fffd}x\u{fffd}A");
    let bytes = b"{\"resourceSpans\":[{\"schemaUrl\":\"\xff\"}]}";
    let error = decode(Signal::Traces, bytes, NO_LIMIT).expect_err("no UTF-8");
    assert!(error.to_string().contains("resourceSpans[0].schemaUrl"), "{error}");
}

/// An empty value, a zero and an empty text are there, as they were sent: they are no absence.
#[test]
fn what_is_empty_is_still_there() {
    assert_eq!(body(r#"{"stringValue":""}"#), Some(Value::StringValue(String::new())));
    assert_eq!(body(r#"{"intValue":"0"}"#), Some(Value::IntValue(0)));
    assert_eq!(body(r#"{"boolValue":false}"#), Some(Value::BoolValue(false)));
    assert_eq!(body("{}"), None);
    let read = metric(r#""gauge":{"dataPoints":[{"asInt":"0"},{"asDouble":0},{}]}"#);
    let Some(metric::Data::Gauge(gauge)) = read.data else { panic!("{read:?}") };
    let values: Vec<_> = gauge.data_points.into_iter().map(|point| point.value).collect();
    let expected =
        [Some(number_data_point::Value::AsInt(0)), Some(number_data_point::Value::AsDouble(0.0)), None];
    assert_eq!(values, expected);
}

/// Numbers in lists are packed; `null` among messages is an empty one, so that what follows keeps its place.
#[test]
fn lists_keep_their_places() {
    let read = metric(
        r#""histogram":{"aggregationTemporality":2,"dataPoints":[{"bucketCounts":["1",2,"300"],"explicitBounds":[0.5,"NaN"]}]}"#,
    );
    let Some(metric::Data::Histogram(histogram)) = read.data else { panic!("{read:?}") };
    assert_eq!(histogram.data_points[0].bucket_counts, [1, 2, 300]);
    assert!(histogram.data_points[0].explicit_bounds[1].is_nan());
    let read = metric(
        r#""exponentialHistogram":{"dataPoints":[{"scale":-2,"positive":{"offset":-3,"bucketCounts":["18446744073709551615"]}}]}"#,
    );
    let Some(metric::Data::ExponentialHistogram(histogram)) = read.data else { panic!("{read:?}") };
    let point = &histogram.data_points[0];
    let positive = point.positive.as_ref().expect("buckets");
    assert_eq!((point.scale, positive.offset, &positive.bucket_counts[..]), (-2, -3, &[u64::MAX][..]));
    let Some(Value::ArrayValue(array)) = body(r#"{"arrayValue":{"values":[{"intValue":1},null,{}]}}"#) else {
        panic!("no list")
    };
    assert_eq!(array.values.len(), 3);
    assert_eq!(array.values[1].value, None);
}

/// A message of every length around the steps of a varint is whole.
#[test]
fn lengths_of_every_size() {
    for length in [0, 1, 120, 123, 124, 125, 126, 127, 128, 129, 16_370, 16_383, 16_384, 16_385, 2_097_152] {
        assert_eq!(span(&format!(r#""name":"{}""#, "n".repeat(length))).name.len(), length);
    }
}

/// What is wrong is said with its place and what would be right.
#[test]
fn faults_have_a_place() {
    let cases = [
        (r#""traceId":"abc""#, "traceId: an id has 32 hex digits, not 3 characters"),
        (r#""spanId":"zzzzzzzzzzzzzzzz""#, "spanId: an id has hex digits only"),
        (r#""spanId":7"#, "spanId: invalid type: integer `7`, expected an id of 16 hex digits"),
        (r#""name":7"#, "name: invalid type: integer `7`, expected text"),
        (r#""kind":"SERVER""#, "kind: takes the number of one of the enum's values"),
        (r#""kind":3000000000"#, "kind: 3000000000 is out of range"),
        (r#""startTimeUnixNano":"now""#, "startTimeUnixNano: takes a whole number"),
        (r#""startTimeUnixNano":-1"#, "startTimeUnixNano: -1 is out of range"),
        (r#""startTimeUnixNano":1.5"#, "startTimeUnixNano: takes a whole number"),
        (r#""startTimeUnixNano":true"#, "startTimeUnixNano: takes a number, not true or false"),
        (r#""startTimeUnixNano":{}"#, "startTimeUnixNano: invalid type: map, expected a whole number"),
        (r#""flags":4294967296"#, "flags: 4294967296 is out of range"),
        (r#""attributes":{}"#, "attributes: invalid type: map, expected an array"),
        (r#""attributes":[{"key":"a"},7]"#, "attributes[1]: invalid type: integer `7`, expected an object"),
        (
            r#""attributes":[{"key":"a","value":{"boolValue":"yes"}}]"#,
            "attributes[0].value.boolValue: invalid type: string \"yes\", expected true or false",
        ),
        (
            r#""attributes":[{"key":"a","value":{"bytesValue":"?"}}]"#,
            "attributes[0].value.bytesValue: takes bytes in base64",
        ),
        (
            r#""attributes":[{"key":"a","value":"text"}]"#,
            "attributes[0].value: invalid type: string \"text\"",
        ),
        (r#""name":"a" "kind":1"#, "expected `,` or `}`"),
    ];
    for (fields, expected) in cases {
        let got = fault(fields);
        assert!(got.contains(expected), "{fields}\n{got}\n{expected}");
        assert!(got.contains("at line 1 column"), "{got}");
    }
}

/// What is no object, or no JSON, or more than one, is malformed.
#[test]
fn only_one_object_is_a_request() {
    for json in
        ["", "null", "[]", "7", "\"x\"", "{", "{} {}", "{}x", "{\"a\":01}", "nul", "\u{feff}{}", "{\"a\":}"]
    {
        let error = decode(Signal::Traces, json.as_bytes(), NO_LIMIT).expect_err(json);
        assert!(matches!(error, DecodeError::Malformed { .. }), "{json}");
        assert!(error.to_string().starts_with("malformed OTLP/JSON"), "{error}");
    }
}

/// Values nest as deep as the reader goes, the scanner takes what comes of it, and beyond is an error.
#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let (start, end) = (r#"{"kvlistValue":{"values":[{"value":"#.repeat(depth), "}]}}".repeat(depth));
        format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{start}{{}}{end}}}]}}]}}]}}"#)
    };
    let deepest =
        (1..64).rev().find_map(|depth| decode(Signal::Logs, nested(depth).as_bytes(), NO_LIMIT).ok());
    let deepest = deepest.expect("some depth is fine");
    Request::scan(Signal::Logs, deepest.into()).expect("what the scanner takes");
    let error = decode(Signal::Logs, nested(10_000).as_bytes(), NO_LIMIT).expect_err("too deep");
    assert!(error.to_string().contains("recursion limit"), "{error}");
    let unknown = format!(r#"{{"future":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(decode(Signal::Logs, unknown.as_bytes(), NO_LIMIT), Ok(Vec::new()));
}

/// Short text that would become long is stopped at the limit, which is exact.
#[test]
fn the_limit_is_exact() {
    let json = format!(
        r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"histogram":{{"dataPoints":[{{"bucketCounts":[{}0]}}]}}}}]}}]}}]}}"#,
        "0,".repeat(100_000)
    );
    let bytes = decode(Signal::Metrics, json.as_bytes(), NO_LIMIT).expect("no limit");
    assert!(bytes.len() > json.len() * 3, "{} {}", bytes.len(), json.len());
    assert_eq!(decode(Signal::Metrics, json.as_bytes(), bytes.len()).as_ref(), Ok(&bytes));
    let max = bytes.len() - 1;
    assert_eq!(decode(Signal::Metrics, json.as_bytes(), max), Err(DecodeError::TooLarge { max }));
}
