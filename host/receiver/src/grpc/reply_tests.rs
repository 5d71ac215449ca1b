use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use sluice_pipeline::Accepted;

use super::message;

/// The message of a gRPC frame whose length is right.
fn unframed(accepted: &Accepted) -> Vec<u8> {
    let frame = message(accepted);
    assert_eq!(frame[0], 0, "not compressed");
    assert_eq!(u32::from_be_bytes([frame[1], frame[2], frame[3], frame[4]]) as usize, frame.len() - 5);
    frame[5..].to_vec()
}

/// Full success leaves partial_success unset.
#[test]
fn full_success_is_an_empty_message() {
    assert!(unframed(&Accepted::all()).is_empty());
}

/// What is written by hand is what prost reads, for each signal, with any count.
#[test]
fn partial_success_is_read_by_every_client() {
    for rejected in [1, 127, 128, 300, u64::from(u32::MAX), i64::MAX as u64] {
        let bytes = unframed(&Accepted::partly(rejected, "no service.name"));
        let traces = ExportTraceServiceResponse::decode(&bytes[..]).expect("traces").partial_success;
        let logs = ExportLogsServiceResponse::decode(&bytes[..]).expect("logs").partial_success;
        let metrics = ExportMetricsServiceResponse::decode(&bytes[..]).expect("metrics").partial_success;
        let (traces, logs, metrics) = (traces.expect("set"), logs.expect("set"), metrics.expect("set"));
        assert_eq!(traces.rejected_spans, rejected as i64);
        assert_eq!(logs.rejected_log_records, rejected as i64);
        assert_eq!(metrics.rejected_data_points, rejected as i64);
        assert_eq!(traces.error_message, "no service.name");
    }
}

/// A warning without rejected items, and a message of any length, still make a message that can be read.
#[test]
fn warnings_and_long_messages_are_readable() {
    let bytes = unframed(&Accepted::partly(0, "a warning"));
    let partial = ExportTraceServiceResponse::decode(&bytes[..]).expect("a message").partial_success;
    assert_eq!(partial.expect("set").error_message, "a warning");
    let bytes = unframed(&Accepted::partly(5, "x".repeat(100_000)));
    let partial = ExportTraceServiceResponse::decode(&bytes[..]).expect("a message").partial_success;
    assert!(partial.expect("set").error_message.len() < 2000);
}
