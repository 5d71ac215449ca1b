//! What a sampler counts, under the Collector's names where it has them: contrib's tailsamplingprocessor,
//! metadata.yaml.

mod counters;
mod labels;

use std::sync::atomic::AtomicU64;

pub(crate) use counters::Counters;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use counters::{DECISIONS, PolicyCounters, words};
use labels::{
    AgreementLabels, DecisionLabels, OfPolicyLabels, PolicyLabels, ProcessorLabel, QuantileLabels,
    ReasonLabels, SampledLabels, TriggerLabels,
};

use crate::decide::PolicyRule;
use crate::shard::Trigger;

/// Which waits are told: that of most traces, and that of the unlucky ones.
pub(crate) const QUANTILES: [(&str, f64); 2] = [("0.01", 0.01), ("0.5", 0.5)];

/// The metrics of all samplers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SamplingMetrics {
    traces_sampled: Family<PolicyLabels, Counter>,
    spans_sampled: Family<PolicyLabels, Counter>,
    bytes_sampled: Family<PolicyLabels, Counter>,
    global: Family<DecisionLabels, Counter>,
    early_releases: Family<SampledLabels, Counter>,
    new_traces: Family<ProcessorLabel, Counter>,
    decision_latency: Family<ProcessorLabel, Histogram, fn() -> Histogram>,
    late_span_age: Family<ProcessorLabel, Histogram, fn() -> Histogram>,
    removal_age: Family<ProcessorLabel, Histogram, fn() -> Histogram>,
    policy_errors: Family<ProcessorLabel, Counter>,
    policy_executions: Family<OfPolicyLabels, Counter>,
    policy_micros: Family<OfPolicyLabels, Counter>,
    dropped_too_early: Family<ProcessorLabel, Counter>,
    traces_held: Family<ProcessorLabel, Gauge>,
    too_large: Family<ProcessorLabel, Counter>,
    unparseable_tracestate: Family<ProcessorLabel, Counter>,
    own: Own,
}

/// What the Collector does not count.
#[derive(Clone, Debug)]
struct Own {
    spans_held: Family<ProcessorLabel, Gauge>,
    bytes_held: Family<ProcessorLabel, Gauge>,
    max_traces: Family<ProcessorLabel, Gauge>,
    max_bytes: Family<ProcessorLabel, Gauge>,
    decisions: Family<TriggerLabels, Counter>,
    errors: Family<OfPolicyLabels, Counter>,
    shadow: Family<AgreementLabels, Counter>,
    without_root: Family<ProcessorLabel, Counter>,
    missing_parent: Family<ProcessorLabel, Counter>,
    oldest: Family<ProcessorLabel, Gauge<f64, AtomicU64>>,
    waits: Family<QuantileLabels, Gauge<f64, AtomicU64>>,
    lost_spans: Family<ReasonLabels, Counter>,
    refused: Family<ReasonLabels, Counter>,
}

/// The Collector's bounds, in milliseconds.
fn latency() -> Histogram {
    Histogram::new([
        1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 750.0, 1000.0,
        2000.0, 3000.0, 4000.0, 5000.0, 10_000.0, 20_000.0, 30_000.0, 50_000.0,
    ])
}

/// In seconds, from a tick to an hour.
fn age() -> Histogram {
    Histogram::new([0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0])
}

impl SamplingMetrics {
    /// Registers the metrics of samplers; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let own = Own::register(registry.sub_registry_with_prefix("sluice_sampler"));
        let registry = registry.sub_registry_with_prefix("otelcol_processor_tail_sampling");
        let metrics = Self {
            traces_sampled: Family::default(),
            spans_sampled: Family::default(),
            bytes_sampled: Family::default(),
            global: Family::default(),
            early_releases: Family::default(),
            new_traces: Family::default(),
            decision_latency: Family::new_with_constructor(latency),
            late_span_age: Family::new_with_constructor(age),
            removal_age: Family::new_with_constructor(age),
            policy_errors: Family::default(),
            policy_executions: Family::default(),
            policy_micros: Family::default(),
            dropped_too_early: Family::default(),
            traces_held: Family::default(),
            too_large: Family::default(),
            unparseable_tracestate: Family::default(),
            own,
        };
        let m = &metrics;
        registry.register("count_traces_sampled", "Votes of a policy on traces", m.traces_sampled.clone());
        registry.register("count_spans_sampled", "Spans of the traces voted on", m.spans_sampled.clone());
        registry.register("count_bytes_sampled", "Bytes of the traces voted on", m.bytes_sampled.clone());
        registry.register("global_count_traces_sampled", "Decisions on traces", m.global.clone());
        registry.register(
            "early_releases_from_cache_decision",
            "Spans that came after the decision on their trace, and followed it",
            m.early_releases.clone(),
        );
        registry.register("new_trace_id_received", "Traces that began", m.new_traces.clone());
        registry.register_with_unit(
            "sampling_decision_timer_latency",
            "How long the decisions on a batch of traces took",
            Unit::Other("milliseconds".to_owned()),
            m.decision_latency.clone(),
        );
        registry.register_with_unit(
            "sampling_late_span_age",
            "How long after the decision on their trace spans came, in whole seconds",
            Unit::Seconds,
            m.late_span_age.clone(),
        );
        registry.register_with_unit(
            "sampling_trace_removal_age",
            "How old a trace was when it was decided: the wait that it really got",
            Unit::Seconds,
            m.removal_age.clone(),
        );
        registry.register(
            "sampling_policy_evaluation_error",
            "Votes that a policy failed to give",
            m.policy_errors.clone(),
        );
        registry.register(
            "sampling_policy_execution_count",
            "Traces that a policy was asked about",
            m.policy_executions.clone(),
        );
        registry.register_with_unit(
            "sampling_policy_execution_time_sum",
            "How long a policy took",
            Unit::Other("microseconds".to_owned()),
            m.policy_micros.clone(),
        );
        registry.register(
            "sampling_trace_dropped_too_early",
            "Traces decided early for want of room",
            m.dropped_too_early.clone(),
        );
        registry.register("sampling_traces_on_memory", "Traces that are held", m.traces_held.clone());
        registry.register(
            "traces_dropped_too_large",
            "Traces beyond maximum_trace_size_bytes",
            m.too_large.clone(),
        );
        registry.register(
            "count_spans_with_unparseable_tracestate",
            "Sampled spans whose tracestate could not be read",
            m.unparseable_tracestate.clone(),
        );
        metrics
    }

    /// What a sampler may hold at most, beside what it holds.
    pub(crate) fn set_bounds(&self, processor: &str, num_traces: u64, max_bytes: u64) {
        let label = ProcessorLabel { processor: processor.to_owned() };
        let gauge = |bound| i64::try_from(bound).unwrap_or(i64::MAX);
        self.own.max_traces.get_or_create(&label).set(gauge(num_traces));
        self.own.max_bytes.get_or_create(&label).set(gauge(max_bytes));
    }

    /// The series of one sampler, looked up once. `processor` is its id, as `tail_sampling/2`.
    pub(crate) fn counters(&self, processor: &str, policies: &[PolicyRule]) -> Counters {
        let of = |name: &str| ProcessorLabel { processor: name.to_owned() };
        let label = of(processor);
        let global = |decision| {
            let (sampled, decision) = words(decision);
            let labels = DecisionLabels { processor: processor.to_owned(), sampled, decision };
            self.global.get_or_create_owned(&labels)
        };
        let early = |sampled| {
            let labels = SampledLabels { processor: processor.to_owned(), sampled };
            self.early_releases.get_or_create_owned(&labels)
        };
        let reason = |family: &Family<ReasonLabels, Counter>, reason| {
            family.get_or_create_owned(&ReasonLabels { processor: processor.to_owned(), reason })
        };
        let decisions = |trigger: Trigger| {
            let labels = TriggerLabels { processor: processor.to_owned(), trigger: trigger.as_str() };
            self.own.decisions.get_or_create_owned(&labels)
        };
        Counters {
            policies: policies.iter().map(|policy| self.policy(processor, policy)).collect(),
            global: DECISIONS.map(global),
            early: ["false", "true"].map(early),
            new_traces: self.new_traces.get_or_create_owned(&label),
            decision_latency: self.decision_latency.get_or_create_owned(&label),
            late_span_age: self.late_span_age.get_or_create_owned(&label),
            removal_age: self.removal_age.get_or_create_owned(&label),
            policy_errors: self.policy_errors.get_or_create_owned(&label),
            dropped_too_early: self.dropped_too_early.get_or_create_owned(&label),
            traces_held: self.traces_held.get_or_create_owned(&label),
            too_large: self.too_large.get_or_create_owned(&label),
            unparseable_tracestate: self.unparseable_tracestate.get_or_create_owned(&label),
            spans_held: self.own.spans_held.get_or_create_owned(&label),
            bytes_held: self.own.bytes_held.get_or_create_owned(&label),
            decisions: Trigger::ALL.map(decisions),
            without_root: self.own.without_root.get_or_create_owned(&label),
            missing_parent: self.own.missing_parent.get_or_create_owned(&label),
            oldest: self.own.oldest.get_or_create_owned(&label),
            waits: QUANTILES.map(|(quantile, _)| {
                let labels = QuantileLabels { processor: processor.to_owned(), quantile };
                self.own.waits.get_or_create_owned(&labels)
            }),
            oversize_spans: reason(&self.own.lost_spans, "too_large"),
            dropped_at_shutdown: reason(&self.own.lost_spans, "shutdown"),
            rejected_spans: reason(&self.own.lost_spans, "rejected"),
            undelivered_spans: reason(&self.own.lost_spans, "undelivered"),
            refused_memory: reason(&self.own.refused, "memory"),
            refused_traces: reason(&self.own.refused, "num_traces"),
        }
    }

    fn policy(&self, processor: &str, policy: &PolicyRule) -> PolicyCounters {
        // As in the Collector: with the name of the component in front, where it has one.
        let name = match processor.split_once('/') {
            Some((_, name)) => format!("{name}.{}", policy.name),
            None => policy.name.clone(),
        };
        let of = |family: &Family<PolicyLabels, Counter>, decision| {
            let (sampled, decision) = words(decision);
            let (processor, policy) = (processor.to_owned(), name.clone());
            family.get_or_create_owned(&PolicyLabels { processor, policy, sampled, decision })
        };
        let label = OfPolicyLabels { processor: processor.to_owned(), policy: name.clone() };
        let agrees = |agrees| {
            let (processor, policy) = (processor.to_owned(), name.clone());
            self.own.shadow.get_or_create_owned(&AgreementLabels { processor, policy, agrees })
        };
        PolicyCounters {
            traces: DECISIONS.map(|decision| of(&self.traces_sampled, decision)),
            spans: DECISIONS.map(|decision| of(&self.spans_sampled, decision)),
            bytes: DECISIONS.map(|decision| of(&self.bytes_sampled, decision)),
            executions: self.policy_executions.get_or_create_owned(&label),
            micros: self.policy_micros.get_or_create_owned(&label),
            errors: self.own.errors.get_or_create_owned(&label),
            shadow: policy.is_shadow.then(|| ["false", "true"].map(agrees)),
        }
    }
}

impl Own {
    fn register(registry: &mut Registry) -> Self {
        let own = Self {
            spans_held: Family::default(),
            bytes_held: Family::default(),
            max_traces: Family::default(),
            max_bytes: Family::default(),
            decisions: Family::default(),
            errors: Family::default(),
            shadow: Family::default(),
            without_root: Family::default(),
            missing_parent: Family::default(),
            oldest: Family::default(),
            waits: Family::default(),
            lost_spans: Family::default(),
            refused: Family::default(),
        };
        registry.register("held_spans", "Spans of traces that are not decided", own.spans_held.clone());
        registry.register(
            "held_bytes",
            "Bytes held, on the way in and out too: what would be lost if the process were killed",
            own.bytes_held.clone(),
        );
        registry.register("max_traces", "Traces that may be held: num_traces", own.max_traces.clone());
        registry.register("max_bytes", "Bytes that may be held: max_memory_mib", own.max_bytes.clone());
        registry.register("decisions", "Decisions, by what brought them about", own.decisions.clone());
        registry.register("policy_errors", "Votes that a policy failed to give", own.errors.clone());
        registry.register(
            "shadow_votes",
            "Votes of policies in shadow, by whether the trace became what they said",
            own.shadow.clone(),
        );
        registry.register(
            "traces_without_root",
            "Traces that were decided without a root span",
            own.without_root.clone(),
        );
        registry.register(
            "traces_with_missing_parent",
            "Traces that were decided with a root span, but without the parent of another span",
            own.missing_parent.clone(),
        );
        registry.register_with_unit(
            "oldest_trace_age",
            "How long the oldest trace that is held has waited",
            Unit::Seconds,
            own.oldest.clone(),
        );
        registry.register_with_unit(
            "wait",
            "How long traces waited for their decision that were decided in the last minute or two",
            Unit::Seconds,
            own.waits.clone(),
        );
        registry.register("lost_spans", "Sampled spans that were lost, by reason", own.lost_spans.clone());
        registry.register(
            "refused_requests",
            "Requests that were refused for want of room; the sender was told to try again",
            own.refused.clone(),
        );
        own
    }
}
