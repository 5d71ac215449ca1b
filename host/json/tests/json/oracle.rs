//! Beside opentelemetry-proto's serde support, which others wrote: what it writes we read as the same message.
//!
//! It deviates from the specification where a double is no number (it writes `null`): those messages are left out
//! here. As a reader it is no measure: it asks for fields that may be absent, knows no `NaN`, and loses a metric
//! without a word where a part of it has such a flaw.

use std::fmt::Debug;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use serde::Serialize;
use sluice_json::{decode, encode};
use sluice_otlp::Signal;

use crate::checks::valid;

fn agree<M>(signal: Signal, body: &[u8])
where
    M: Message + Default + PartialEq + Debug + Serialize,
{
    let ours = String::from_utf8(encode(signal, body).unwrap()).unwrap();
    if ["\"NaN\"", "Infinity\""].iter().any(|word| ours.contains(word)) {
        return;
    }
    let message = M::decode(body).unwrap();
    let theirs = serde_json::to_string(&message).unwrap();
    let read =
        decode(signal, theirs.as_bytes(), usize::MAX).unwrap_or_else(|error| panic!("{error}: {theirs}"));
    assert_eq!(M::decode(&read[..]).unwrap(), message, "{theirs}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// We read what the other writes.
    #[test]
    fn we_read_what_the_other_writes(data in vec(any::<u8>(), 0..600)) {
        let (signal, body) = valid(&data);
        match signal {
            Signal::Traces => agree::<ExportTraceServiceRequest>(signal, &body),
            Signal::Logs => agree::<ExportLogsServiceRequest>(signal, &body),
            Signal::Metrics => agree::<ExportMetricsServiceRequest>(signal, &body),
        }
    }
}
