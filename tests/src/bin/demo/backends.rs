//! What the backends' `file` exporters have written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use prost::bytes::Buf;
use sluice_tests::traffic;

/// How long a span may take from the gateway's queue into a file.
const LIMIT: Duration = Duration::from_secs(30);

/// What one backend has.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) backend: String,
    pub(crate) spans: usize,
    pub(crate) traces: BTreeSet<Vec<u8>>,
}

/// Reads the backends' files until they have `spans` spans in all.
pub(crate) async fn read_until(
    backends: &[(String, PathBuf)],
    spans: usize,
) -> anyhow::Result<Vec<Contents>> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let contents = backends.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let found: usize = contents.iter().map(|contents| contents.spans).sum();
        if found >= spans {
            return Ok(contents);
        }
        if Instant::now() > deadline {
            bail!("{found} of {spans} spans are at the backends after {} s", LIMIT.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn read((backend, file): &(String, PathBuf)) -> anyhow::Result<Contents> {
    let requests = requests(file).with_context(|| format!("could not read {}", file.display()))?;
    let spans = traffic::spans_of(&requests).values().sum();
    Ok(Contents { backend: backend.clone(), spans, traces: traffic::trace_ids_of(&requests) })
}

/// Requests as the `proto` format has them: each behind its length, 4 bytes, big-endian. The last one may
/// still be on its way into the file.
fn requests(file: &Path) -> anyhow::Result<Vec<ExportTraceServiceRequest>> {
    let bytes = std::fs::read(file)?;
    let mut rest = bytes.as_slice();
    let mut requests = Vec::new();
    while rest.len() >= 4 {
        let length = rest.get_u32() as usize;
        let Some((message, after)) = rest.split_at_checked(length) else { break };
        requests.push(ExportTraceServiceRequest::decode(message)?);
        rest = after;
    }
    Ok(requests)
}
