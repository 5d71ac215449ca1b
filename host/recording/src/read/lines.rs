//! Lines of OTLP/JSON.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use bytes::Bytes;
use serde::de::IgnoredAny;
use sluice_otlp::{Request, Signal};

use super::{Fault, Place, Recording, RecordingError};
use crate::MAX_RECORD;

impl<R: BufRead> Recording<R> {
    pub(super) fn next_line(&mut self) -> Result<Option<Request>, RecordingError> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let place = Place::Line(self.lines + 1);
            let read = self.input.by_ref().take(MAX_RECORD as u64 + 1).read_until(b'\n', &mut line);
            if read.map_err(|error| Fault::Io(error).at(place))? == 0 {
                return Ok(None);
            }
            if line.len() > MAX_RECORD {
                return Err(Fault::TooLarge.at(place));
            }
            let is_first = self.lines == 0;
            self.lines += 1;
            let text = if is_first { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
            if !text.trim_ascii().is_empty() {
                return request(text.trim_ascii()).map(Some).map_err(|fault| fault.at(place));
            }
        }
    }
}

fn request(text: &[u8]) -> Result<Request, Fault> {
    if matches!(text, b"{" | b"[") {
        return Err(Fault::SeveralLines);
    }
    let body = sluice_json::decode(Signal::Traces, text, MAX_RECORD).map_err(Fault::Json)?;
    if body.is_empty() {
        has_traces(text)?;
    }
    // What the decoder gives is well-formed.
    Request::scan(Signal::Traces, Bytes::from(body)).map_err(Fault::Malformed)
}

/// A request without any resource is one for traces if it says so, or says nothing.
fn has_traces(text: &[u8]) -> Result<(), Fault> {
    let members: BTreeMap<String, IgnoredAny> = serde_json::from_slice(text).unwrap_or_default();
    let has = |names: [&str; 2]| names.iter().any(|name| members.contains_key(*name));
    if members.is_empty() || has(["resourceSpans", "resource_spans"]) {
        return Ok(());
    }
    let found = if has(["resourceLogs", "resource_logs"]) {
        "these are logs".to_owned()
    } else if has(["resourceMetrics", "resource_metrics"]) {
        "these are metrics".to_owned()
    } else {
        let first: String = members.keys().next().into_iter().flat_map(|key| key.chars().take(40)).collect();
        format!("its first key is `{}`", first.escape_debug())
    };
    Err(Fault::NoTraces { found })
}
