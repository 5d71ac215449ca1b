//! What the admin endpoint tells and does: what resolvers see, what samplers decided, as `sluice explain` reads it, and
//! `sluice drain`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sluice_receiver::ReceiverMetrics;
use sluice_resolver::ResolverStatus;
use sluice_sampling::{Explained, ExplainedLeaf, ExplainedVote, Incomplete, TailSampler};
use sluice_telemetry::admin::{Answers, Decisions, Drain, Draining, Question};
use sluice_telemetry::health::{Health, Phase};

use super::captures;

/// A decision.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct DecisionRow {
    pub(crate) trace_id: String,
    pub(crate) decision: String,
    /// The policy that is credited.
    pub(crate) policy: Option<String>,
    /// Which part of it, where it is a composite.
    pub(crate) composite_policy: Option<String>,
    pub(crate) trigger: String,
    /// What it lacked by then: `no_root` or `missing_parent`.
    pub(crate) incomplete: Option<String>,
    pub(crate) spans: u32,
    pub(crate) bytes: u32,
    /// When the first span came.
    pub(crate) received_unix_nano: u64,
    pub(crate) decided_unix_nano: u64,
    pub(crate) votes: Vec<VoteRow>,
}

/// What a policy said.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct VoteRow {
    pub(crate) policy: String,
    pub(crate) vote: String,
    pub(crate) reason: Option<String>,
    /// The policies that look at traces, which it is made of, with the loads of their plugins.
    pub(crate) leaves: Vec<LeafRow>,
    pub(crate) shadow: bool,
}

/// A policy that looks at traces.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct LeafRow {
    pub(crate) policy: String,
    /// Which load of its plugin.
    pub(crate) epoch: u64,
}

/// What there is to tell and to do.
pub(super) fn answers(
    health: &Health,
    requests: ReceiverMetrics,
    samplers: Vec<Arc<TailSampler>>,
    resolvers: Vec<(String, ResolverStatus)>,
    may_capture: bool,
) -> Answers {
    Answers {
        resolvers: Arc::new(move || resolvers.iter().filter_map(resolver).collect()),
        decisions: decisions(samplers.clone()),
        captures: captures::captures(samplers.clone(), may_capture),
        drain: drain(health.clone(), requests, samplers),
    }
}

/// What the resolver of an exporter sees.
#[derive(Serialize)]
struct ResolverRow<'a> {
    exporter: &'a str,
    resolver: &'static str,
    /// What is asked for.
    name: Option<String>,
    /// Since its last answer.
    age_seconds: Option<u64>,
    /// What is wrong since then.
    trouble: Option<String>,
    /// As they are hashed; `null` before the first list.
    endpoints: Option<&'a [String]>,
}

fn resolver((exporter, status): &(String, ResolverStatus)) -> Option<serde_json::Value> {
    let report = status.report(SystemTime::now());
    let row = ResolverRow {
        exporter,
        resolver: report.resolver,
        name: report.name,
        age_seconds: report.age.map(|age| age.as_secs()),
        trouble: report.trouble,
        endpoints: report.endpoints.as_deref(),
    };
    serde_json::to_value(row).ok()
}

/// Takes the gateway out of the lists of those who send to it: not ready, but it serves on until it is told to end.
fn drain(health: Health, requests: ReceiverMetrics, samplers: Vec<Arc<TailSampler>>) -> Drain {
    Arc::new(move || {
        if health.phase() < Phase::Draining {
            tracing::info!(
                "not ready from now on, as `sluice drain` asks; requests are served until SIGTERM"
            );
            health.set_draining();
        }
        let held_traces = samplers.iter().map(|sampler| sampler.held_traces()).sum();
        Draining { requests: requests.arrivals(), held_traces }
    })
}

/// Answers out of the samplers' memories.
fn decisions(samplers: Vec<Arc<TailSampler>>) -> Decisions {
    Arc::new(move |question: &Question| {
        let mut found: Vec<Explained> = samplers
            .iter()
            .flat_map(|sampler| match &question.trace_id {
                Some(id) => sampler.explain(id),
                None => sampler.last_decisions(question.last, question.dropped),
            })
            .collect();
        found.sort_by_key(|decision| std::cmp::Reverse(decision.decided));
        found.truncate(question.last);
        found.iter().filter_map(|decision| serde_json::to_value(row(decision)).ok()).collect()
    })
}

/// A decision as it is told of.
pub(crate) fn row(explained: &Explained) -> DecisionRow {
    DecisionRow {
        trace_id: explained.trace_id.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String never fails.
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
        decision: explained.decision.as_str().to_owned(),
        policy: explained.policy.clone(),
        composite_policy: explained.part.clone(),
        trigger: explained.trigger.as_str().to_owned(),
        incomplete: explained.incomplete.map(Incomplete::as_str).map(str::to_owned),
        spans: explained.spans,
        bytes: explained.bytes,
        received_unix_nano: explained.received,
        decided_unix_nano: explained.decided,
        votes: explained.votes.iter().map(vote).collect(),
    }
}

fn vote(vote: &ExplainedVote) -> VoteRow {
    VoteRow {
        policy: vote.policy.clone(),
        vote: vote.vote.as_str().to_owned(),
        reason: vote.reason.clone(),
        leaves: vote.leaves.iter().map(leaf).collect(),
        shadow: vote.is_shadow,
    }
}

fn leaf(leaf: &ExplainedLeaf) -> LeafRow {
    LeafRow { policy: leaf.policy.clone(), epoch: leaf.epoch }
}
