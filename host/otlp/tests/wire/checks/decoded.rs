//! A request as the generated decoder sees it: the oracle.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::{DecodeError, Message};
use sluice_otlp::Signal;

/// A leaf with all that surrounds it, each encoded anew and without its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodedLeaf {
    pub(crate) headers: Vec<Vec<u8>>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) trace_id: Vec<u8>,
}

/// The leaves of a request, in order.
pub(crate) fn leaves(signal: Signal, body: &[u8]) -> Result<Vec<DecodedLeaf>, DecodeError> {
    Ok(match signal {
        Signal::Traces => spans(ExportTraceServiceRequest::decode(body)?),
        Signal::Logs => log_records(ExportLogsServiceRequest::decode(body)?),
        Signal::Metrics => data_points(ExportMetricsServiceRequest::decode(body)?),
    })
}

/// Whether the decoder refuses nothing but a text's encoding, which a scan does not look at.
pub(crate) fn is_about_utf8(error: &DecodeError) -> bool {
    error.to_string().contains("UTF-8")
}

fn spans(request: ExportTraceServiceRequest) -> Vec<DecodedLeaf> {
    let mut leaves = Vec::new();
    for mut resource in request.resource_spans {
        let scopes = std::mem::take(&mut resource.scope_spans);
        for mut scope in scopes {
            let spans = std::mem::take(&mut scope.spans);
            let headers = vec![resource.encode_to_vec(), scope.encode_to_vec()];
            leaves.extend(spans.into_iter().map(|span| DecodedLeaf {
                headers: headers.clone(),
                leaf: span.encode_to_vec(),
                trace_id: span.trace_id,
            }));
        }
    }
    leaves
}

fn log_records(request: ExportLogsServiceRequest) -> Vec<DecodedLeaf> {
    let mut leaves = Vec::new();
    for mut resource in request.resource_logs {
        let scopes = std::mem::take(&mut resource.scope_logs);
        for mut scope in scopes {
            let records = std::mem::take(&mut scope.log_records);
            let headers = vec![resource.encode_to_vec(), scope.encode_to_vec()];
            leaves.extend(records.into_iter().map(|record| DecodedLeaf {
                headers: headers.clone(),
                leaf: record.encode_to_vec(),
                trace_id: record.trace_id,
            }));
        }
    }
    leaves
}

fn data_points(request: ExportMetricsServiceRequest) -> Vec<DecodedLeaf> {
    let mut leaves = Vec::new();
    for mut resource in request.resource_metrics {
        let scopes = std::mem::take(&mut resource.scope_metrics);
        for mut scope in scopes {
            let metrics = std::mem::take(&mut scope.metrics);
            let headers = [resource.encode_to_vec(), scope.encode_to_vec()];
            for mut metric in metrics {
                let points = take_points(&mut metric);
                let headers: Vec<_> = headers.iter().cloned().chain([metric.encode_to_vec()]).collect();
                leaves.extend(points.into_iter().map(|leaf| DecodedLeaf {
                    headers: headers.clone(),
                    leaf,
                    trace_id: Vec::new(),
                }));
            }
        }
    }
    leaves
}

fn take_points(metric: &mut Metric) -> Vec<Vec<u8>> {
    match &mut metric.data {
        None => Vec::new(),
        Some(Data::Gauge(data)) => take(&mut data.data_points),
        Some(Data::Sum(data)) => take(&mut data.data_points),
        Some(Data::Histogram(data)) => take(&mut data.data_points),
        Some(Data::ExponentialHistogram(data)) => take(&mut data.data_points),
        Some(Data::Summary(data)) => take(&mut data.data_points),
    }
}

fn take<T: Message>(points: &mut Vec<T>) -> Vec<Vec<u8>> {
    std::mem::take(points).iter().map(Message::encode_to_vec).collect()
}
