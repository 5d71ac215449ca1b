//! Asks a tree of policies: leaves by plugin, all else here.

use std::time::{Duration, Instant};

use sluice_otlp::columns::TraceTables;
use sluice_plugin::Vote;

use super::rule::{Composite, Rule};
use super::snapshot::Snapshot;
use super::votes::Votes;

/// What all policies are asked about.
pub(super) struct Evaluation<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) tables: &'a TraceTables,
    /// Spans of each trace.
    pub(super) spans: &'a [u32],
    /// ns since the Unix epoch.
    pub(super) now: u64,
    /// Whether to keep to consistent probability sampling.
    pub(super) tracestate: bool,
    /// Whether reasons are wanted.
    pub(super) explained: bool,
    /// Votes that plugins failed to give.
    pub(super) errors: u64,
    /// How long plugins took.
    pub(super) spent: Duration,
}

impl Evaluation<'_> {
    /// The votes of a policy on some traces, by number, ascending. Its leaves begin at `leaf`.
    pub(super) fn ask(&mut self, rule: &Rule, leaf: usize, traces: &[u32]) -> Votes {
        match rule {
            Rule::Leaf { on_error, .. } => {
                let Some(known) = self.snapshot.leaves.get(leaf) else {
                    return Votes::all(Vote::Abstain, traces.len(), self.explained);
                };
                let started = Instant::now();
                let verdicts = known.generation.decide(self.tables, &known.selection, traces);
                self.spent += started.elapsed();
                let (votes, errors) = Votes::of_leaf(verdicts, *on_error, self.explained);
                self.errors += errors;
                votes
            }
            Rule::And(rules) => self.all_of(rules, leaf, traces),
            Rule::Drop(rules) => {
                let mut votes = self.all_of(rules, leaf, traces);
                for vote in votes.votes.iter_mut().filter(|vote| **vote == Vote::Sampled) {
                    *vote = Vote::Dropped;
                }
                votes
            }
            Rule::Not(rule) => {
                let mut votes = self.ask(rule, leaf, traces);
                for vote in &mut votes.votes {
                    *vote = match *vote {
                        Vote::Sampled => Vote::NotSampled,
                        Vote::NotSampled => Vote::Sampled,
                        other => other,
                    };
                }
                // What is left of a share has no threshold of its own.
                votes.thresholds.fill(0);
                votes
            }
            Rule::Composite(composite) => self.composite(composite, leaf, traces),
        }
    }

    /// Sampled where each of them says so; else what the first says that does not.
    fn all_of(&mut self, rules: &[Rule], leaf: usize, traces: &[u32]) -> Votes {
        let mut votes = Votes::all(Vote::Sampled, traces.len(), self.explained);
        for (rule, leaf) in self.in_order(rules, leaf) {
            let open = votes.rows_with(Vote::Sampled);
            if open.is_empty() {
                break;
            }
            let asked: Vec<u32> = open.iter().map(|row| traces[*row]).collect();
            let answer = self.ask(rule, leaf, &asked);
            votes.narrow(&open, answer);
        }
        votes
    }

    /// The rules of an `and`, each with its first leaf. With consistent sampling those that draw on a quota come last:
    /// their threshold is to be made of the traces that all others keep.
    fn in_order<'r>(&self, rules: &'r [Rule], leaf: usize) -> Vec<(&'r Rule, usize)> {
        let starts = rules.iter().scan(leaf, |next, rule| {
            let start = *next;
            *next += rule.leaf_count();
            Some((rule, start))
        });
        let mut rules: Vec<_> = starts.collect();
        if self.tracestate {
            rules.sort_by_key(|(rule, start)| self.is_stateful(*start, rule.leaf_count()));
        }
        rules
    }

    fn is_stateful(&self, leaf: usize, count: usize) -> bool {
        self.snapshot.leaves.iter().skip(leaf).take(count).any(|leaf| leaf.generation.is_stateful())
    }

    /// Each part in turn claims what it samples, up to its share.
    fn composite(&mut self, composite: &Composite, mut leaf: usize, traces: &[u32]) -> Votes {
        let mut votes = Votes::all(Vote::NotSampled, traces.len(), self.explained);
        votes.parts = vec![None; traces.len()];
        let mut open: Vec<usize> = (0..traces.len()).collect();
        for (number, part) in composite.parts.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            let asked: Vec<u32> = open.iter().map(|row| traces[*row]).collect();
            let answer = self.ask(&part.rule, leaf, &asked);
            leaf += part.rule.leaf_count();
            let mut left = Vec::new();
            for (position, &row) in open.iter().enumerate() {
                if answer.votes[position] != Vote::Sampled {
                    left.push(row);
                    continue;
                }
                let spans = self.spans.get(traces[row] as usize).copied().unwrap_or(0);
                if composite.shares.take(number, spans, self.now) {
                    votes.votes[row] = Vote::Sampled;
                    votes.thresholds[row] = answer.thresholds[position];
                    votes.parts[row] = u16::try_from(number).ok();
                } else if composite.falls_through {
                    left.push(row);
                }
            }
            votes.take_reasons(&open, answer.reasons);
            open = left;
        }
        votes
    }
}
