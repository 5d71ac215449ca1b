//! Attributes on sampled scopes that say how their trace was decided: those of the Collector's feature gate
//! `recordpolicy`, with what the trace lacked, and the dry run's.

use sluice_otlp::wire::{Fields, Value, put_varint};

use crate::SamplingSettings;
use crate::decide::{Decision, Incomplete, PolicyRule, Rule};

/// Length-delimited fields: `scope` of `ScopeSpans`, `attributes` of `InstrumentationScope`.
const SCOPE: u32 = 1;
const ATTRIBUTES: u32 = 3;

/// What is known of the decision on a trace.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    /// The credited policy, by number.
    pub(crate) policy: Option<u16>,
    /// Its part.
    pub(crate) part: Option<u16>,
    /// What the trace lacked when it was decided.
    pub(crate) incomplete: Option<Incomplete>,
    /// Whether the spans came after the decision.
    pub(crate) is_late: bool,
    /// Under which threshold the decision holds.
    pub(crate) threshold: u64,
    /// In a dry run, the decision that would have kept it back.
    pub(crate) would_be: Option<Decision>,
}

impl Marks {
    /// The header of a scope with its marks.
    pub(super) fn scope(
        self,
        header: &[u8],
        settings: &SamplingSettings,
        policies: &[PolicyRule],
    ) -> Vec<u8> {
        let mut attributes = Vec::new();
        if settings.record_policy {
            self.policy(&mut attributes, policies);
        }
        if let Some(decision) = self.would_be {
            text(&mut attributes, "tailsampling.dry_run_decision", decision.as_str());
        }
        if attributes.is_empty() { header.to_vec() } else { with_attributes(header, &attributes) }
    }

    fn policy(self, attributes: &mut Vec<u8>, policies: &[PolicyRule]) {
        let policy = self.policy.and_then(|policy| policies.get(usize::from(policy)));
        if let Some(policy) = policy {
            text(attributes, "tailsampling.policy", &policy.name);
            if let (Rule::Composite(composite), Some(part)) = (&policy.rule, self.part)
                && let Some(part) = composite.parts.get(usize::from(part))
            {
                text(attributes, "tailsampling.composite_policy", &part.name);
            }
        }
        if let Some(incomplete) = self.incomplete {
            text(attributes, "tailsampling.incomplete", incomplete.as_str());
        }
        if self.is_late {
            attribute(attributes, "tailsampling.cached_decision", &[0x10, 1]);
        }
    }
}

fn text(attributes: &mut Vec<u8>, key: &str, value: &str) {
    let mut any = Vec::new();
    field(&mut any, 1, value.as_bytes());
    attribute(attributes, key, &any);
}

/// Appends an attribute, with an encoded `AnyValue`.
fn attribute(attributes: &mut Vec<u8>, key: &str, value: &[u8]) {
    let mut pair = Vec::new();
    field(&mut pair, 1, key.as_bytes());
    field(&mut pair, 2, value);
    field(attributes, ATTRIBUTES, &pair);
}

/// Adds encoded attributes to the scope of a `ScopeSpans`, which gets one where it has none. All else stays, byte
/// for byte.
fn with_attributes(header: &[u8], attributes: &[u8]) -> Vec<u8> {
    let mut scope = Vec::new();
    let mut marked = Vec::with_capacity(header.len() + attributes.len() + 8);
    let mut fields = Fields::new(header);
    while let Ok(Some(next)) = fields.next_field() {
        match next.value {
            // Where there are several, a decoder merges them, which is to put them one after the other.
            Value::Bytes(content) if next.number == SCOPE => scope.extend_from_slice(content),
            _ => marked.extend_from_slice(&header[next.start..next.end]),
        }
    }
    scope.extend_from_slice(attributes);
    field(&mut marked, SCOPE, &scope);
    marked
}

fn field(out: &mut Vec<u8>, number: u32, content: &[u8]) {
    put_varint(out, u64::from(number << 3 | 2));
    put_varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
