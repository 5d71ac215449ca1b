//! `sluice explain`: what became of my trace, and who said so?

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use tonic::codegen::http::Method;

use super::arguments::{ExplainOptions, Output};
use super::ask::{ask, block_on};
use crate::gateway::{DecisionRow, LeafRow, VoteRow};

/// How long the gateway may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Who is to answer.
const WHO: &str = "is a gateway with tail_sampling running there? (--admin, sluice::admin_endpoint)";

/// Asks a gateway that runs, and prints what it says.
pub(super) fn explain(options: &ExplainOptions) -> anyhow::Result<()> {
    let mut path = format!("/decisions?last={}&dropped={}", options.last, options.dropped);
    if let Some(id) = &options.trace_id {
        path.push_str("&trace_id=");
        path.push_str(id);
    }
    let page = block_on(ask(Method::GET, &options.admin, &path, TIMEOUT, WHO))?.accepted()?;
    let decisions: Vec<DecisionRow> =
        serde_json::from_slice(&page).context("the answer is not what a gateway of this release says")?;
    print(&decisions, options).context("could not print")
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
