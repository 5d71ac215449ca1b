//! What must hold for any text, and for any message.
//!
//! The property tests and the fuzz targets (fuzz/) call the same functions. Each panics where something does
//! not hold. Messages are made as for the scanner's tests.

#[allow(dead_code, reason = "the scanner's tests use more of it")]
#[path = "../../../../otlp/tests/wire/checks/messages.rs"]
mod messages;
#[path = "../../../../otlp/tests/wire/checks/metrics.rs"]
mod metrics;
#[allow(dead_code, reason = "the scanner's tests use more of it")]
#[path = "../../../../otlp/tests/wire/checks/source.rs"]
mod source;

use sluice_json::{decode, encode};
use sluice_otlp::{Request, Signal};

use self::source::Source;

/// A signal, by a number, and a valid request, as a generated encoder writes it.
pub(crate) fn valid(data: &[u8]) -> (Signal, Vec<u8>) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let signal = Signal::ALL[usize::from(*first) % Signal::ALL.len()];
    (signal, messages::request(signal, &mut Source::new(rest)))
}

/// For a fuzzer: the first byte is the signal, the rest a text. What is decoded is well-formed, and is the same
/// after another round trip.
pub(crate) fn decode_bytes(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let signal = Signal::ALL[usize::from(*first) % Signal::ALL.len()];
    let Ok(body) = decode(signal, text, usize::MAX) else { return };
    Request::scan(signal, body.clone().into())
        .unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii()));
    let limited = decode(signal, text, body.len());
    assert!(limited.is_ok_and(|limited| limited == body), "the limit is exact");
    assert!(body.is_empty() || decode(signal, text, body.len() - 1).is_err(), "the limit is exact");
    let again = encode(signal, &body).unwrap();
    let twice = decode(signal, &again, usize::MAX).unwrap();
    assert_eq!(encode(signal, &twice).unwrap(), again, "{}", text.escape_ascii());
}

/// For a fuzzer: the decisions by which a message is made. Encoded and decoded it is the same message, to the byte
/// but for the bits of what is not a number.
pub(crate) fn round_trip_bytes(data: &[u8]) {
    let (signal, body) = valid(data);
    let json = encode(signal, &body).unwrap();
    let decoded = decode(signal, &json, usize::MAX).unwrap();
    let text = String::from_utf8(json).unwrap();
    if !text.contains("NaN") {
        assert_eq!(in_order(signal, &decoded), body, "{text}");
    }
    assert_eq!(encode(signal, &decoded).unwrap(), text.into_bytes());
}

/// A request as a generated encoder writes it.
fn in_order(signal: Signal, body: &[u8]) -> Vec<u8> {
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use prost::Message;
    match signal {
        Signal::Traces => ExportTraceServiceRequest::decode(body).unwrap().encode_to_vec(),
        Signal::Logs => ExportLogsServiceRequest::decode(body).unwrap().encode_to_vec(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(body).unwrap().encode_to_vec(),
    }
}
