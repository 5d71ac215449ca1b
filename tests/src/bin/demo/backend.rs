//! What the backend's `file` exporter has written.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use sluice_tests::recorded;

use crate::ask_until;

/// How often each span id is there, of each trace.
pub(crate) type Kept = BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, usize>>;

/// Reads the file until it has `spans` spans.
pub(crate) async fn read_until(file: &Path, spans: usize) -> anyhow::Result<Kept> {
    let kept = ask_until("what is kept to be in the backend's file", async || {
        let kept = read(file)?;
        let found: usize = kept.values().flat_map(|spans| spans.values()).sum();
        Ok((found >= spans).then_some(kept))
    });
    kept.await
}

fn read(file: &Path) -> anyhow::Result<Kept> {
    let requests = recorded::traces(file).with_context(|| format!("could not read {}", file.display()))?;
    let mut kept = Kept::new();
    let resources = requests.into_iter().flat_map(|request| request.resource_spans);
    for span in resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans) {
        *kept.entry(span.trace_id).or_default().entry(span.span_id).or_default() += 1;
    }
    Ok(kept)
}
