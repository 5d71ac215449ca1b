//! From sources to a configuration and what is to be said about it.

use crate::advice;
use crate::config::Config;
use crate::decode::{Context, Node, Read};
use crate::effective::Written;
use crate::environment::Environment;
use crate::findings::{Finding, Findings, Severity};
use crate::gates;
use crate::service::NO_PIPELINE;
use crate::source::Source;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;
use crate::yaml::{self, Document};

/// A configuration that can run, and what is doubtful in it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Warnings only.
    pub warnings: Findings,
}

/// Everything that can be said about a configuration.
#[derive(Debug)]
pub struct Checked {
    /// The configuration; none when there are errors.
    pub config: Option<Config>,
    /// What is wrong, or doubtful.
    pub findings: Findings,
    /// What does what it says, and could be better: warnings only.
    pub advice: Findings,
    written: Option<Written>,
}

/// Looks up environment variables.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads a configuration from its sources, later ones over earlier ones.
    ///
    /// # Errors
    /// Everything that is wrong or doubtful, when anything is wrong. Text that is no YAML ends the search.
    pub fn load(sources: &[Source], environment: Variables<'_>) -> Result<Loaded, Findings> {
        let checked = Self::check(sources, environment);
        match checked.config {
            Some(config) => Ok(Loaded { config, warnings: checked.findings }),
            None => Err(checked.findings),
        }
    }

    /// The same, for those who want to hear everything.
    pub fn check(sources: &[Source], environment: Variables<'_>) -> Checked {
        let context = Context::new(sources);
        let mut config = Self::default();
        let document = gather(sources, environment, &context).map(|mut document| {
            let place = Place::root(&document.layout);
            Environment::new(environment, &context).expand(&mut document.value, &place);
            sources.iter().for_each(|source| gates::apply(source, &mut document.value));
            let root = Node { value: &document.value, place, context: &context };
            if root.is_null() {
                root.error(format!("empty configuration file; {NO_PIPELINE}"));
            } else {
                config.read(&root);
                advice::look(&config, &root);
            }
            document
        });
        let notes = context.take();
        let written = document.map(|document| Written { document, context, secrets: notes.secrets });
        let config = (notes.findings.errors() == 0).then_some(config);
        Checked { config, findings: notes.findings, advice: notes.advice, written }
    }
}

impl Checked {
    /// Adds what somebody else finds wrong with a key; `path` is the key's, from the top, an item of a list as `[0]`.
    pub fn add_error(&mut self, path: &[&str], message: String, suggestion: Option<&str>) {
        let Some(written) = &self.written else { return };
        let place = path.iter().fold(Place::root(&written.document.layout), |place, step| place.step(step));
        let mut finding = written.context.finding(Severity::Error, &place, message);
        finding.suggestion = suggestion.map(str::to_owned);
        self.findings.insert(place.source, finding);
        self.config = None;
    }

    /// The configuration as it is in effect, in YAML: sources merged, references replaced, defaults written out,
    /// secrets hidden. None when there are errors.
    #[must_use]
    pub fn effective(&self) -> Option<String> {
        self.config.as_ref().and(self.written.as_ref()).map(Written::effective)
    }
}

/// Reads and merges the sources; none when one of them cannot be read.
pub(crate) fn gather(sources: &[Source], environment: Variables<'_>, context: &Context) -> Option<Document> {
    if sources.is_empty() {
        context.flaw(0, None, String::new(), "no configuration was given; use --config FILE");
    }
    let documents: Vec<_> = sources
        .iter()
        .enumerate()
        .map(|(number, source)| document(number, source, environment, context))
        .collect();
    let mut documents = documents.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
    let mut merged = documents.next()?;
    documents.for_each(|document| merged.merge(document));
    Some(merged)
}

/// Reads one source; what is wrong with it is noted.
fn document(
    number: usize,
    source: &Source,
    environment: Variables<'_>,
    context: &Context,
) -> Option<Document> {
    if let Source::FeatureGates(gates) = source {
        gates::check(gates, number, context);
    }
    let text = source
        .text(environment)
        .map_err(|message| context.flaw(number, None, String::new(), message))
        .ok()?;
    let document = match yaml::parse(&text, number) {
        Ok(document) => document.with_paths_opened(),
        Err(flaws) => {
            for flaw in flaws {
                context.flaw(number, flaw.line, flaw.path, flaw.message);
            }
            return None;
        }
    };
    if !matches!(document.value, Value::Map(_) | Value::Null) {
        let message = format!("takes a block of keys, not {}", document.value.kind());
        context.flaw(number, None, String::new(), message);
        return None;
    }
    Some(document)
}

impl Findings {
    fn insert(&mut self, source: usize, finding: Finding) {
        let list = std::mem::take(self);
        *self = list.with(Self::new(vec![(source, finding)]));
    }
}
