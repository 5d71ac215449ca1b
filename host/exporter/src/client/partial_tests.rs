use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use proptest::prelude::*;
use prost::Message;
use sluice_pipeline::Accepted;

use super::accepted;
use crate::ErrorKind;

fn response(rejected_spans: i64, error_message: &str) -> Vec<u8> {
    let partial = ExportTracePartialSuccess { rejected_spans, error_message: error_message.to_owned() };
    ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
}

/// No partial success, as an empty answer or as an empty message, means that all was taken.
#[test]
fn an_empty_answer_accepts_all() {
    assert_eq!(accepted(&[]).unwrap(), Accepted::all());
    assert_eq!(accepted(&response(0, "")).unwrap(), Accepted::all());
}

/// The count and the words of a partial success come through.
#[test]
fn rejected_items_are_read() {
    assert_eq!(accepted(&response(3, "too old")).unwrap(), Accepted::partly(3, "too old"));
    assert_eq!(accepted(&response(0, "slow down")).unwrap(), Accepted::partly(0, "slow down"));
}

/// A negative count, which makes no sense, rejects nothing.
#[test]
fn a_negative_count_rejects_nothing() {
    assert_eq!(accepted(&response(-1, "odd")).unwrap(), Accepted::partly(0, "odd"));
}

/// An answer that is no message is a final error: the server did take the request.
#[test]
fn a_malformed_answer_is_permanent() {
    assert_eq!(accepted(&[0x0a, 0x05, 0x01]).unwrap_err().kind, ErrorKind::Permanent);
}

proptest! {
    /// No answer makes us panic.
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = accepted(&bytes);
    }
}
