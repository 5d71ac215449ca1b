//! `sluice explain`: what became of my trace, and who said so?

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, ensure};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tonic::codegen::Bytes;

use super::arguments::{ExplainOptions, Output};
use crate::gateway::{DecisionRow, LeafRow, VoteRow};

/// How long the gateway may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer.
const MOST: usize = 256 << 20;

/// Asks a gateway that runs, and prints what it says.
pub(super) fn explain(options: &ExplainOptions) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(async { tokio::time::timeout(TIMEOUT, ask(options)).await });
    let page = answer.context("no answer in time")??;
    let decisions: Vec<DecisionRow> =
        serde_json::from_slice(&page).context("the answer is not what a gateway of this release says")?;
    print(&decisions, options).context("could not print")
}

async fn ask(options: &ExplainOptions) -> anyhow::Result<Bytes> {
    let mut uri =
        format!("http://{}/decisions?last={}&dropped={}", options.admin, options.last, options.dropped);
    if let Some(id) = &options.trace_id {
        uri.push_str("&trace_id=");
        uri.push_str(id);
    }
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let unreachable = || {
        format!(
            "nobody answers at {}: is a gateway with tail_sampling running there? (--admin, sluice::admin_endpoint)",
            options.admin
        )
    };
    let response = client.get(uri.parse()?).await.with_context(unreachable)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MOST).collect().await;
    let page = body.map_err(|error| anyhow::anyhow!(error)).context("the answer broke off")?.to_bytes();
    ensure!(status.is_success(), "{}", String::from_utf8_lossy(&page).trim_end());
    Ok(page)
}

fn print(decisions: &[DecisionRow], options: &ExplainOptions) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match options.output {
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, decisions)?;
            writeln!(out)?;
        }
        Output::Text if decisions.is_empty() => {
            writeln!(out, "no such decision is remembered (tail_sampling::explain)")?;
        }
        Output::Text => {
            for decision in decisions {
                print_decision(&mut out, decision)?;
            }
        }
    }
    Ok(())
}

/// Prints a decision with its votes.
pub(super) fn print_decision(out: &mut impl Write, decision: &DecisionRow) -> anyhow::Result<()> {
    let waited = Duration::from_nanos(decision.decided_unix_nano.saturating_sub(decision.received_unix_nano));
    write!(out, "{}  {}", decision.trace_id, decision.decision)?;
    if let Some(policy) = &decision.policy {
        write!(out, " by {policy}")?;
        if let Some(part) = &decision.composite_policy {
            write!(out, " ({part})")?;
        }
    }
    let (spans, bytes, trigger) = (decision.spans, decision.bytes, &decision.trigger);
    write!(out, "; {spans} spans, {bytes} bytes, {trigger} after {:.1} s", waited.as_secs_f64())?;
    if let Some(incomplete) = &decision.incomplete {
        write!(out, ", {incomplete}")?;
    }
    writeln!(out)?;
    for VoteRow { policy, vote, reason, leaves, shadow } in &decision.votes {
        let (loads, shadow) = (loads(leaves), if *shadow { ", in shadow" } else { "" });
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        writeln!(out, "  {policy} ({loads}{shadow})  {vote}{reason}")?;
    }
    Ok(())
}

/// Which load of its plugin a policy is of; of one that is made of several, which load each of these is of.
fn loads(leaves: &[LeafRow]) -> String {
    match leaves {
        [only] => format!("load {}", only.epoch),
        several => {
            let loads = several.iter().map(|leaf| format!("{} load {}", leaf.policy, leaf.epoch));
            loads.collect::<Vec<_>>().join(", ")
        }
    }
}
