//! Traces out of the samplers, as the admin endpoint hands them to `sluice capture`: redacted here, before they leave the
//! process.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use sluice_recording::{Redaction, frame};
use sluice_sampling::{Capture, CaptureLimits, TailSampler};
use sluice_telemetry::admin::{Body, Bytes, CaptureRefusal, CaptureRequest, Captures};
use tokio::sync::mpsc::{Sender, channel};

/// Bytes of traces that may wait for whoever captures; no trace larger than that is captured.
const WAITING_BYTES: u64 = 64 << 20;

/// Answers with traces of the samplers, where that is allowed.
pub(super) fn captures(samplers: Vec<Arc<TailSampler>>, is_allowed: bool) -> Captures {
    Arc::new(move |request: &CaptureRequest| {
        if !is_allowed {
            let words = "spans hold your users' data, so that capturing them has to be allowed: set \
                         `sluice: {admin_capture: true}`";
            return Err(CaptureRefusal::Forbidden(words.to_owned()));
        }
        let samplers = choose(&samplers, request.processor.as_deref())?;
        let until = Instant::now() + request.time;
        let limits = CaptureLimits {
            traces: request.traces,
            bytes: request.bytes,
            waiting_bytes: WAITING_BYTES,
            until: Some(until),
        };
        let capture =
            TailSampler::capture(&samplers, limits).map_err(|busy| CaptureRefusal::Busy(busy.to_string()))?;
        let redaction = redaction(request);
        tracing::info!(
            traces = request.traces,
            max_bytes = request.bytes,
            seconds = request.time.as_secs(),
            redacted = redaction.as_str(),
            "traces are captured at the admin endpoint"
        );
        let (records, mut taken) = channel(1);
        tokio::spawn(pass_on(capture, redaction, records, until));
        Ok(Body::from_stream(poll_fn(move |context| taken.poll_recv(context)).map(Ok::<_, Infallible>)))
    })
}

/// The samplers of a processor: it has one for each pipeline that names it.
fn choose(
    samplers: &[Arc<TailSampler>],
    wanted: Option<&str>,
) -> Result<Vec<Arc<TailSampler>>, CaptureRefusal> {
    let mut ids: Vec<&str> = samplers.iter().map(|sampler| sampler.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    let id = match wanted {
        Some(wanted) if ids.contains(&wanted) => wanted,
        None if ids.len() == 1 => ids[0],
        None => {
            let words = format!("there are several samplers; say which one as processor: {}", ids.join(", "));
            return Err(CaptureRefusal::Wrong(words));
        }
        Some(wanted) => {
            let words = format!("there is no sampler `{wanted}`: {}", ids.join(", "));
            return Err(CaptureRefusal::Wrong(words));
        }
    };
    Ok(samplers.iter().filter(|sampler| sampler.id() == id).cloned().collect())
}

fn redaction(request: &CaptureRequest) -> Redaction {
    if request.redact_all {
        Redaction::AllBut(request.keep.iter().cloned().collect())
    } else if request.redact.is_empty() {
        Redaction::Nothing
    } else {
        Redaction::Keys(request.redact.iter().cloned().collect())
    }
}

/// Passes on records until the capture ends, the time is over, or nobody takes them any more.
async fn pass_on(mut capture: Capture, redaction: Redaction, records: Sender<Bytes>, until: Instant) {
    let redaction = Arc::new(redaction);
    let mut unreadable = 0_u64;
    loop {
        let trace = tokio::select! {
            trace = capture.next() => trace,
            () = records.closed() => None,
        };
        let Some(trace) = trace else { break };
        // A large trace would hold up other tasks.
        let redaction = Arc::clone(&redaction);
        let redacted =
            tokio::task::spawn_blocking(move || frame(&redaction.apply(&trace).ok()?)).await.ok().flatten();
        let Some(record) = redacted else {
            unreadable += 1;
            continue;
        };
        // Somebody who does not read must not keep traces in memory for longer than they asked for.
        if !matches!(tokio::time::timeout_at(until.into(), records.send(record)).await, Ok(Ok(()))) {
            break;
        }
    }
    let (traces, left_out) = (capture.traces(), capture.left_out() + unreadable);
    // Whoever reads in the log, or in the end of the answer, that this is over may begin the next one.
    drop(capture);
    tracing::info!(traces, left_out, "the capture of traces has ended");
}
