//! The sampler of the harness gathers and asks as the host does, and refuses what the host refuses.

#![cfg(test)]

use std::fmt::Write;

use serde::Deserialize;
use sluice_sdk::intrinsic::{
    BYTE_SIZE, FLAGS, KIND, NAME, RECEIVED, SPAN_COUNT, SPAN_ID, START, TIME, TRACE_ID, TRIGGER, UNIT,
};
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Threshold, Vote, Votes};
use sluice_sdk::table::{Events, Items, Links, Resources, Scopes, Traces};
use sluice_sdk::testing::{Decision, Event, Link, NOW, Request, Resource, Sampler, Scope, Span};

/// A policy whose plan is the test's.
macro_rules! policy {
    ($name:ident, |$inputs:pat_param| $build:block) => {
        #[derive(Deserialize)]
        struct $name {}

        impl Policy for $name {
            const NAME: &'static str = stringify!($name);

            fn plan(self, _: Options) -> Result<Plan, String> {
                let $inputs = Inputs::new();
                Ok($build)
            }
        }
    };
}

fn reasons<P: Policy>(requests: &[Request]) -> Vec<String> {
    let decisions = Sampler::new::<P>("{}").unwrap().decide(requests).unwrap();
    decisions.into_iter().map(|decision| decision.reason).collect()
}

fn span(trace: u8, name: &str) -> Span {
    Span::new([trace; 16]).name(name)
}

fn resource(host: &str, spans: impl IntoIterator<Item = Span>) -> Resource {
    Resource::new().attribute("host.name", host).scope(spans.into_iter().fold(Scope::new("s"), Scope::span))
}

/// A trace has the rows that are its own, of every table, in the order in which they arrived, and reads what lies
/// above each.
#[test]
fn a_trace_has_its_own_rows() {
    policy!(Rows, |mut inputs| {
        let header = inputs.header("x-tenant");
        let (host, scope) = (inputs.text(Resources, "host.name"), inputs.intrinsic(Scopes, NAME));
        let name = inputs.intrinsic(Items, NAME);
        let (event, time) = (inputs.intrinsic(Events, NAME), inputs.intrinsic(Events, TIME));
        let (link, flags) = (inputs.intrinsic(Links, SPAN_ID), inputs.intrinsic(Links, FLAGS));
        inputs.vote(move |trace, reason| {
            for span in trace.spans() {
                let of = (span.get(header), span.get(host), span.get(scope), span.get(name));
                _ = write!(reason, "{of:?} ");
            }
            for row in trace.events() {
                _ = write!(reason, "{:?} {:?} of {:?} ", row.get(event), row.get(time), row.get(name));
            }
            for row in trace.rows(Links) {
                let id = row.get(link).map(|id| id[7]);
                _ = write!(reason, "{id:?} {:?} of {:?} ", row.get(flags), row.up(Resources).get(host));
            }
            for row in trace.requests() {
                _ = write!(reason, "{:?} ", row.get(header));
            }
            let counts = (trace.resources().len(), trace.scopes().len(), trace.spans().len());
            _ = write!(reason, "{counts:?}");
            Vote::Abstain
        })
    });
    let with_event = span(2, "b").event(Event::new("e").time(5));
    let linked = span(1, "c").link(Link::new([9; 16], [8; 8]).flags(1));
    let first =
        Request::new().header("x-tenant", "t").resource(resource("h", [span(1, "a"), with_event, linked]));
    let second = Request::new().resource(resource("i", [span(1, "d")]));
    let expected = [
        r#"(Some("t"), Some("h"), Some("s"), Some("a")) (Some("t"), Some("h"), Some("s"), Some("c")) (None, Some("i"), Some("s"), Some("d")) Some(8) Some(1) of Some("h") Some("t") None (2, 2, 3)"#,
        r#"(Some("t"), Some("h"), Some("s"), Some("b")) Some("e") Some(5) of Some("b") Some("t") (1, 1, 1)"#,
    ];
    assert_eq!(reasons::<Rows>(&[first, second]), expected);
}

/// The trace's own fields are those of all its spans, and what the host knows of it.
#[test]
fn a_trace_has_fields_of_its_own() {
    policy!(Own, |mut inputs| {
        let (id, count) = (inputs.intrinsic(Traces, TRACE_ID), inputs.intrinsic(Traces, SPAN_COUNT));
        let (bytes, received) = (inputs.intrinsic(Traces, BYTE_SIZE), inputs.intrinsic(Traces, RECEIVED));
        let (trigger, first) = (inputs.intrinsic(Traces, TRIGGER), inputs.intrinsic(Traces, NAME));
        let tag = inputs.text(Traces, "tag");
        inputs.vote(move |trace, reason| {
            assert_eq!((trace.get(received), trace.get(trigger), trace.now()), (Some(NOW), Some(0), NOW + 5));
            let id = trace.get(id).map(|id| id[0]);
            let of = (id, trace.get(count), trace.get(bytes), trace.get(first), trace.get(tag));
            _ = write!(reason, "{of:?}");
            Vote::Sampled
        })
    });
    let spans = [span(1, "a").byte_size(10).attribute("tag", "x"), span(1, "b").byte_size(5), span(0, "c")];
    let mut sampler = Sampler::new::<Own>("{}").unwrap();
    sampler.advance(5);
    let decisions = sampler.decide(&[Request::new().resource(resource("h", spans))]).unwrap();
    assert_eq!(decisions[0].reason, r#"(Some(1), Some(2), Some(15), Some("a"), Some("x"))"#);
    assert_eq!(decisions[1].reason, r#"(None, Some(1), Some(0), Some("c"), None)"#);
}

/// Traces are asked about by the randomness of their ids, and answered in the order in which they appeared.
#[test]
fn traces_come_by_randomness() {
    policy!(Order, |inputs| {
        inputs.vote(move |trace, reason| {
            _ = write!(reason, "{}", trace.number());
            Vote::NotSampled
        })
    });
    let requests = [Request::new().resource(resource("h", [5, 9, 1, 7].map(|trace| span(trace, ""))))];
    assert_eq!(reasons::<Order>(&requests), ["2", "0", "3", "1"]);
}

/// Votes, thresholds and ids come out by trace.
#[test]
fn verdicts_come_out_by_trace() {
    policy!(Mixed, |mut inputs| {
        let kind = inputs.intrinsic(Items, KIND);
        inputs.vote(move |trace, _| match trace.spans().find_map(|span| span.get(kind)) {
            Some(1) => Vote::Dropped.into(),
            Some(2) => Vote::Sampled.under(Threshold::of_share(0.5)),
            _ => Vote::Error.into(),
        })
    });
    let spans = [1, 2, 3].map(|kind| Span::new([kind; 16]).kind(kind.into()));
    let requests = [Request::new().resource(resource("h", spans))];
    let decisions = Sampler::new::<Mixed>("{}").unwrap().decide(&requests).unwrap();
    let decision =
        |trace, vote, threshold| Decision { trace_id: [trace; 16], vote, threshold, reason: String::new() };
    assert_eq!(
        decisions,
        [
            decision(1, Vote::Dropped, Threshold::ALWAYS),
            decision(2, Vote::Sampled, Threshold::of_share(0.5)),
            decision(3, Vote::Error, Threshold::ALWAYS),
        ]
    );
}

/// Each quota has a bucket of its own: it starts full, gives what it has, and fills with time up to its burst.
#[test]
fn quotas_are_buckets() {
    policy!(Takes, |mut inputs| {
        let (one, other) = (inputs.quota("one", 2.0, 3), inputs.quota("other", 1.0, 1));
        inputs.vote(move |_, reason| {
            _ = write!(reason, "{} {}", one.available(), other.available());
            Vote::sampled_if(one.take(2))
        })
    });
    let requests = [Request::new().resource(resource("h", [span(1, "")]))];
    let mut sampler = Sampler::new::<Takes>("{}").unwrap();
    let mut next = |ns| {
        sampler.advance(ns);
        let decision = sampler.decide(&requests).unwrap().remove(0);
        (decision.vote, decision.reason)
    };
    assert_eq!(next(0), (Vote::Sampled, "3 1".to_owned()));
    assert_eq!(next(0), (Vote::NotSampled, "1 1".to_owned()));
    assert_eq!(next(500_000_000), (Vote::Sampled, "2 1".to_owned()));
    assert_eq!(next(3_600_000_000_000), (Vote::Sampled, "3 1".to_owned()));
}

/// An error of the policy's own comes out in its words; more or fewer votes than traces are one.
#[test]
fn errors_come_out() {
    policy!(Failing, |inputs| { inputs.votes(|_| Err("no votes today".to_owned())) });
    policy!(Short, |inputs| {
        inputs.votes(|due| Ok(Votes::for_each(due.iter().skip(1), |_, _| Vote::Sampled)))
    });
    let requests = [Request::new().resource(resource("h", [span(1, ""), span(2, "")]))];
    let error = |sampler: Result<Sampler, String>| sampler.unwrap().decide(&requests).unwrap_err();
    assert_eq!(error(Sampler::new::<Failing>("{}")), "no votes today");
    assert_eq!(error(Sampler::new::<Short>("{}")), "1 votes for 2 traces");
}

/// What makes no sense is refused when configured, in words.
#[test]
fn nonsense_is_refused_when_configured() {
    policy!(NoField, |mut inputs| {
        let _ = (inputs.intrinsic(Items, UNIT), inputs.intrinsic(Events, START));
        inputs.vote(|_, _| Vote::Sampled)
    });
    policy!(ManyQuotas, |mut inputs| {
        (0..9).for_each(|_| _ = inputs.quota("many", 1.0, 1));
        inputs.vote(|_, _| Vote::Sampled)
    });
    policy!(NoRate, |mut inputs| {
        let _ = inputs.quota("odd", f64::NAN, 1);
        inputs.vote(|_, _| Vote::Sampled)
    });
    let error = |sampler: Result<Sampler, String>| sampler.unwrap_err();
    assert!(error(Sampler::new::<NoField>("{}")).contains("no such field"));
    assert!(error(Sampler::new::<ManyQuotas>("{}")).starts_with("9 quotas"));
    assert_eq!(error(Sampler::new::<NoRate>("{}")), "the quota odd has a rate of NaN");
}
