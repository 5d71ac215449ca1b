//! The policies that a sampler is measured with.

use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};
use sluice_plugin::PluginHost;
use sluice_sampling::{LeafPolicy, OnError, PolicyRule, Rule};

use super::native::Native;

/// A set of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Policies {
    /// The users' guide's three, as plugins.
    Guide,
    /// The same three, compiled into the benchmark.
    Native,
    /// One plugin.
    One,
    /// Four plugins.
    Four,
    /// Ten plugins.
    Ten,
}

impl Policies {
    /// The rules of the set; `threshold_ms` is the guide's latency.
    pub(super) fn rules(self, host: &PluginHost, threshold_ms: u64) -> Result<Vec<PolicyRule>> {
        let ten = ten(threshold_ms);
        let count = match self {
            Self::Native => return Ok(native(threshold_ms)),
            Self::Guide => 3,
            Self::One => 1,
            Self::Four => 4,
            Self::Ten => ten.len(),
        };
        let plugins = ten.into_iter().take(count);
        let rules =
            plugins.map(|(name, settings)| Ok(rule(name, host.policy(name, name, &settings, false)?)));
        rules.collect()
    }
}

/// The guide's come first.
fn ten(threshold_ms: u64) -> [(&'static str, Value); 10] {
    [
        ("status_code", json!({"status_codes": ["ERROR"]})),
        ("latency", json!({"threshold_ms": threshold_ms})),
        ("probabilistic", json!({"sampling_percentage": 10})),
        ("string_attribute", json!({"key": "http.route", "values": ["/nowhere"]})),
        (
            "numeric_attribute",
            json!({"key": "http.response.status_code", "min_value": 700, "max_value": 800}),
        ),
        ("boolean_attribute", json!({"key": "sampling.keep", "value": true})),
        ("span_count", json!({"min_spans": 1000})),
        ("trace_state", json!({"key": "keep", "values": ["yes"]})),
        ("trace_flags", json!({})),
        (
            "ottl_condition",
            json!({"span": [r#"attributes["peer.service"] == "nobody" and status.code == 2"#]}),
        ),
    ]
}

fn native(threshold_ms: u64) -> Vec<PolicyRule> {
    vec![
        rule("status_code", Native::Errors.policy()),
        rule("latency", Native::Latency { threshold_ms }.policy()),
        rule("probabilistic", Native::probabilistic(0.1).policy()),
    ]
}

fn rule(name: &str, policy: Arc<dyn LeafPolicy>) -> PolicyRule {
    let rule = Rule::Leaf { policy, on_error: OnError::Abstain };
    PolicyRule { name: name.to_owned(), rule, is_shadow: false }
}
