//! The policy `ottl_condition`: traces are kept that have a span, or an event of one, for which a condition holds.
//!
//! The conditions are those of the Collector's transformation language; `sluice-ottl` reads and evaluates them.
//! This crate gives it its rows: it asks for the columns that the conditions read, and no others. They are joined by
//! "or": each span is held against the conditions on spans, then its events against those on events, and the first
//! that holds decides.

mod children;
mod columns;
mod evaluation;
mod nested;
mod row;

use sluice_ottl::{Condition, Context, References};
use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy};

use columns::Columns;
use evaluation::Evaluation;

/// The most fields that a policy may ask for. It may need two of its own, to see rows at all.
const MAX_REFERENCES: usize = 62;

/// The conditions.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OttlCondition {
    #[serde(default)]
    error_mode: ErrorMode,
    #[serde(default)]
    span: Vec<String>,
    #[serde(default)]
    spanevent: Vec<String>,
}

/// What an error in the evaluation of a condition is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum ErrorMode {
    /// The condition does not hold, and the log says why.
    Ignore,
    /// The condition does not hold.
    Silent,
    /// The policy fails on the trace. The Collector's default.
    #[default]
    Propagate,
}

impl Policy for OttlCondition {
    const NAME: &'static str = "ottl_condition";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        if self.span.is_empty() && self.spanevent.is_empty() {
            return Err("span and spanevent are empty: at least one of them takes a condition".to_owned());
        }
        let mut references = References::default();
        let span = compile("span", &self.span, Context::Span, &mut references)?;
        let spanevent = compile("spanevent", &self.spanevent, Context::SpanEvent, &mut references)?;
        let count = references.as_slice().len();
        if count > MAX_REFERENCES {
            return Err(format!(
                "the conditions read {count} different fields and attributes; a policy reads at most \
                 {MAX_REFERENCES}: divide them among several policies"
            ));
        }
        let mut inputs = Inputs::new();
        let columns = Columns::declare(references.as_slice(), !spanevent.is_empty(), &mut inputs);
        let evaluation = Evaluation { error_mode: self.error_mode, span, spanevent, columns };
        Ok(inputs.votes(move |due| Ok(evaluation.votes(due))))
    }
}

fn compile(
    setting: &str,
    conditions: &[String],
    context: Context,
    references: &mut References,
) -> Result<Vec<Condition>, String> {
    let conditions = conditions.iter().enumerate().map(|(number, text)| {
        let condition = Condition::new(text, context, references);
        condition.map_err(|error| format!("{setting}[{number}]: {}", error.explain(text)))
    });
    conditions.collect()
}

export_policy!(OttlCondition);
