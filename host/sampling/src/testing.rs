//! Requests and policies for the tests of this crate.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::registry::Registry;
use prost::Message as _;
use sluice_otlp::columns::{Batch, Field, Intrinsic, Selection, Table, TraceRow, TraceTables, Values};
use sluice_otlp::{Payload, Request, RequestMetadata, Signal};
use sluice_plugin::{Verdicts, Vote};

use crate::SamplingSettings;
use crate::clock::Moment;
use crate::decide::{LeafGeneration, LeafPolicy, OnError, PolicyRule, Rule};
use crate::metrics::SamplingMetrics;
use crate::shard::{Shard, Shared};

/// 2024-01-01, in ns since the Unix epoch.
pub(crate) const EPOCH: u64 = 1_704_067_200_000_000_000;

/// A moment so many milliseconds after the sampler began.
pub(crate) fn at(millis: u64) -> Moment {
    Moment { steady: Duration::from_millis(millis), unix_nanos: EPOCH + millis * 1_000_000 }
}

/// A trace id.
pub(crate) fn id(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

/// A span named `name`, a root where it says `root`.
pub(crate) fn span(trace: u64, name: &str) -> Span {
    Span {
        trace_id: id(trace).to_vec(),
        span_id: vec![1; 8],
        parent_span_id: if name == "root" { Vec::new() } else { vec![9; 8] },
        name: name.to_owned(),
        ..Span::default()
    }
}

/// A span with an id and a parent; 0: none.
pub(crate) fn child(trace: u64, id: u64, parent: u64) -> Span {
    let parent_span_id = if parent == 0 { Vec::new() } else { parent.to_be_bytes().to_vec() };
    Span { span_id: id.to_be_bytes().to_vec(), parent_span_id, ..span(trace, &id.to_string()) }
}

/// A trace that is there with all of its spans.
pub(crate) fn row(id: [u8; 16], leaves: std::ops::Range<u32>) -> TraceRow {
    let spans = leaves.end - leaves.start;
    TraceRow { id, leaves, spans, bytes: 0, received: 0, trigger: 0 }
}

/// Spans of one resource and one scope.
pub(crate) fn of(service: &str, scope: &str, spans: Vec<Span>) -> ResourceSpans {
    let attribute = KeyValue {
        key: "service.name".to_owned(),
        value: Some(AnyValue { value: Some(Value::StringValue(service.to_owned())) }),
        ..KeyValue::default()
    };
    let scope = InstrumentationScope { name: scope.to_owned(), ..InstrumentationScope::default() };
    ResourceSpans {
        resource: Some(Resource { attributes: vec![attribute], ..Resource::default() }),
        scope_spans: vec![ScopeSpans { scope: Some(scope), spans, schema_url: "of scope".to_owned() }],
        schema_url: "of resource".to_owned(),
    }
}

pub(crate) fn request(resource_spans: Vec<ResourceSpans>) -> Request {
    let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    Request::scan(Signal::Traces, body.into()).expect("a good request")
}

pub(crate) fn payload(resource_spans: Vec<ResourceSpans>) -> Payload {
    Payload::bare(request(resource_spans))
}

/// What is in payloads.
pub(crate) fn decoded(payloads: &[Payload]) -> Vec<ResourceSpans> {
    let decode = |payload: &Payload| {
        ExportTraceServiceRequest::decode(&payload.request.body()[..]).expect("a good request").resource_spans
    };
    payloads.iter().flat_map(decode).collect()
}

/// The names of the spans of each resource, for traces in `payloads`, sorted.
pub(crate) fn names(payloads: &[Payload]) -> Vec<(u64, String)> {
    let resources = decoded(payloads);
    let spans = resources.iter().flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
    let number = |span: &Span| {
        u64::try_from(u128::from_be_bytes(span.trace_id.clone().try_into().expect("16 bytes")))
            .expect("small")
    };
    let mut names: Vec<_> = spans.map(|span| (number(span), span.name.clone())).collect();
    names.sort();
    names
}

/// From the names of a trace's spans, and how many it has, to a vote.
type ByNamesVote = dyn Fn(&[String], u32) -> Vote + Send + Sync;

/// A policy that votes by span names: a function over the names of a trace's spans.
#[derive(Clone)]
pub(crate) struct ByNames {
    fields: Vec<Field>,
    stateful: bool,
    vote: Arc<ByNamesVote>,
}

impl std::fmt::Debug for ByNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ByNames")
    }
}

impl LeafPolicy for ByNames {
    fn name(&self) -> &str {
        "by names"
    }

    fn current(&self) -> Arc<dyn LeafGeneration> {
        // Always another one, which makes the decider look again.
        Arc::new(self.clone())
    }
}

impl LeafGeneration for ByNames {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn is_stateful(&self) -> bool {
        self.stateful
    }

    fn epoch(&self) -> u64 {
        1
    }

    fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts {
        let batch = tables.view(selection, traces);
        let table = |wanted| batch.tables.iter().find(|rows| rows.table == wanted).expect("asked for");
        let items = table(Table::Items);
        let (Values::Bytes(names), Values::U32s(counts)) =
            (&items.columns[0].values, &table(Table::Traces).columns[0].values)
        else {
            panic!("text and numbers were asked for")
        };
        let mut of_trace = vec![Vec::new(); traces.len()];
        for (row, trace) in items.trace.iter().enumerate() {
            let name = &names.data[names.offsets[row] as usize..names.offsets[row + 1] as usize];
            of_trace[*trace as usize].push(String::from_utf8(name.to_vec()).expect("text"));
        }
        let votes = of_trace.iter().zip(counts).map(|(names, count)| (self.vote)(names, *count));
        let mut verdicts = Verdicts::all(Vote::NotSampled, 0);
        verdicts.votes = votes.collect();
        verdicts
    }
}

pub(crate) fn leaf(vote: impl Fn(&[String], u32) -> Vote + Send + Sync + 'static) -> Rule {
    let fields = vec![
        Field::Intrinsic(Table::Items, Intrinsic::Name),
        Field::Intrinsic(Table::Traces, Intrinsic::SpanCount),
    ];
    let policy = ByNames { fields, stateful: false, vote: Arc::new(vote) };
    Rule::Leaf { policy: Arc::new(policy), on_error: OnError::Abstain }
}

/// Samples traces with a span of this name.
pub(crate) fn with(name: &'static str) -> Rule {
    leaf(
        move |names, _| {
            if names.iter().any(|other| other == name) { Vote::Sampled } else { Vote::NotSampled }
        },
    )
}

/// Always this vote.
pub(crate) fn always(vote: Vote) -> Rule {
    leaf(move |_, _| vote)
}

pub(crate) fn policy(name: &str, rule: Rule) -> PolicyRule {
    PolicyRule { name: name.to_owned(), rule, is_shadow: false }
}

pub(crate) fn shared(settings: SamplingSettings, policies: Vec<PolicyRule>) -> Arc<Shared> {
    shared_in(&mut Registry::default(), settings, policies)
}

/// The same, with its metrics in a registry.
pub(crate) fn shared_in(
    registry: &mut Registry,
    settings: SamplingSettings,
    policies: Vec<PolicyRule>,
) -> Arc<Shared> {
    let counters = SamplingMetrics::register(registry).counters("tail_sampling", &policies);
    Arc::new(Shared::new(settings, policies.into(), counters))
}

pub(crate) fn shard(settings: SamplingSettings, policies: Vec<PolicyRule>) -> Shard {
    Shard::new(shared(settings, policies))
}

/// From what a policy is shown to a vote on each trace.
type BatchVotes = dyn Fn(&Batch) -> Vec<Vote> + Send + Sync;

/// A policy that is shown what it asks for, as the load of a plugin that it says it is.
#[derive(Clone)]
pub(crate) struct OfBatch {
    pub(crate) name: &'static str,
    pub(crate) epoch: u64,
    pub(crate) fields: Vec<Field>,
    pub(crate) votes: Arc<BatchVotes>,
}

impl std::fmt::Debug for OfBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl LeafPolicy for OfBatch {
    fn name(&self) -> &str {
        self.name
    }

    fn current(&self) -> Arc<dyn LeafGeneration> {
        Arc::new(self.clone())
    }
}

impl LeafGeneration for OfBatch {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn is_stateful(&self) -> bool {
        false
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts {
        let mut verdicts = Verdicts::all(Vote::NotSampled, 0);
        verdicts.votes = (self.votes)(&tables.view(selection, traces));
        verdicts
    }
}

impl OfBatch {
    pub(crate) fn rule(self) -> Rule {
        Rule::Leaf { policy: Arc::new(self), on_error: OnError::Abstain }
    }
}

/// Samples traces of which a span came in a request with `x-tenant: gold`.
pub(crate) fn of_gold() -> Rule {
    let votes = |batch: &Batch| {
        let table = |wanted| batch.tables.iter().find(|rows| rows.table == wanted).expect("asked for");
        let requests = table(Table::Requests);
        let Values::Bytes(tenants) = &requests.columns[0].values else { panic!("text was asked for") };
        let mut votes = vec![Vote::NotSampled; table(Table::Traces).count as usize];
        for (row, trace) in requests.trace.iter().enumerate() {
            let tenant = &tenants.data[tenants.offsets[row] as usize..tenants.offsets[row + 1] as usize];
            if tenant == b"gold" {
                votes[*trace as usize] = Vote::Sampled;
            }
        }
        votes
    };
    let fields = vec![Field::Metadata("x-tenant".to_owned())];
    OfBatch { name: "of gold", epoch: 1, fields, votes: Arc::new(votes) }.rule()
}

/// Puts payloads into one, with a row for the request of each; `None`: it had no header.
pub(crate) fn batched(parts: Vec<(Option<&'static str>, Vec<ResourceSpans>)>) -> Payload {
    let metadata = parts.iter().map(|(tenant, resources)| {
        let header =
            tenant.map(|tenant| (HeaderName::from_static("x-tenant"), HeaderValue::from_static(tenant)));
        let (headers, resources) = (Arc::new(header.into_iter().collect()), resources.len() as u32);
        RequestMetadata { headers, connection: 1, resources }
    });
    let metadata = metadata.collect();
    Payload { metadata, ..payload(parts.into_iter().flat_map(|(_, resources)| resources).collect()) }
}
