//! What a `file` exporter has written in its format `proto`.

use std::io;
use std::path::Path;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use prost::bytes::Buf;

/// Requests with traces, each behind its length, 4 bytes, big-endian. The last one may still be on its way into the file.
///
/// # Errors
/// When the file cannot be read, or holds something else.
pub fn traces(file: &Path) -> io::Result<Vec<ExportTraceServiceRequest>> {
    let bytes = std::fs::read(file)?;
    let mut rest = bytes.as_slice();
    let mut requests = Vec::new();
    while rest.len() >= 4 {
        let length = rest.get_u32() as usize;
        let Some((message, after)) = rest.split_at_checked(length) else { break };
        requests.push(ExportTraceServiceRequest::decode(message).map_err(io::Error::other)?);
        rest = after;
    }
    Ok(requests)
}
