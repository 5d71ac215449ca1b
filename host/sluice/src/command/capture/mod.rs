//! `sluice capture`: traces of a running sampler, to try a configuration on.

mod options;
mod records;

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use http_body_util::{BodyExt, Collected, Empty, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
pub(crate) use options::CaptureOptions;
use tonic::codegen::Bytes;

use self::records::Records;

/// How much longer than a capture its answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of what a refusal says.
const MOST_WORDS: usize = 64 << 10;

/// Asks a gateway that runs for traces, and writes them.
pub(super) fn capture(options: &CaptureOptions) -> anyhow::Result<()> {
    if let Some(path) = &options.output {
        // Before any trace leaves the gateway for nothing.
        ensure!(!path.try_exists().unwrap_or(false), "{} is there already", path.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let time = Duration::from_secs(options.seconds.min(u64::from(u32::MAX))) + PATIENCE;
    let capture = async { tokio::time::timeout(time, fetch(options)).await };
    let (traces, bytes) =
        runtime.block_on(capture).context("the gateway does not end the capture in time")??;
    let mut words = std::io::stderr().lock();
    if traces < options.traces {
        writeln!(words, "{traces} traces, {bytes} bytes; the time or --max-mib was not enough for more")?;
    } else {
        writeln!(words, "{traces} traces, {bytes} bytes")?;
    }
    ensure!(traces > 0, "no trace was decided within {} s that fits into --max-mib", options.seconds);
    Ok(())
}

/// Writes traces as they come; answers with their number and their bytes.
async fn fetch(options: &CaptureOptions) -> anyhow::Result<(u64, u64)> {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::post(uri(options)).body(Empty::new()).context("--admin")?;
    let unreachable = || {
        format!(
            "nobody answers at {}: is a gateway with tail_sampling running there? (--admin, sluice::admin_endpoint)",
            options.admin
        )
    };
    let response = client.request(request).await.with_context(unreachable)?;
    if !response.status().is_success() {
        bail!("the gateway refuses: {}", words(response).await);
    }
    // Opened now that there is something to write.
    let mut output = open(options)?;
    let mut records = Records::default();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.context("the answer broke off")?;
        let Ok(data) = frame.into_data() else { continue };
        records.take(&data, &mut output)?;
    }
    ensure!(records.is_whole(), "the answer broke off");
    Ok((records.traces(), records.bytes()))
}

async fn words(response: Response<Incoming>) -> String {
    let body = Limited::new(response.into_body(), MOST_WORDS).collect().await;
    let page = body.map(Collected::to_bytes).unwrap_or_default();
    String::from_utf8_lossy(&page).trim_end().to_owned()
}

fn uri(options: &CaptureOptions) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("traces", &options.traces.to_string());
    query.append_pair("max_mib", &options.max_mib.to_string());
    query.append_pair("seconds", &options.seconds.to_string());
    query.extend_pairs(options.redact.iter().map(|key| ("redact", key)));
    query.extend_pairs(options.keep.iter().map(|key| ("keep", key)));
    query.extend_pairs(options.processor.iter().map(|id| ("processor", id)));
    if options.redact_all_attributes {
        query.append_pair("redact_all", "true");
    }
    format!("http://{}/capture?{}", options.admin, query.finish())
}

fn open(options: &CaptureOptions) -> anyhow::Result<Box<dyn Write>> {
    let Some(path) = &options.output else {
        let out = std::io::stdout();
        ensure!(!out.is_terminal(), "traces are no text for a terminal; name a file by --output");
        return Ok(Box::new(out));
    };
    // What spans hold is not for everybody, and what is there is not ours to write over.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    Ok(Box::new(file.with_context(|| format!("could not write {}", path.display()))?))
}
