use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::findings::{Finding, Findings, Severity};
use crate::source::Source;
use crate::yaml::MAX_FLAWS;
use crate::yaml::layout::Place;

/// What is noted while a configuration is read: findings, and what is known of places in it.
pub(crate) struct Context {
    /// What findings call each source, and whether its lines say anything.
    sources: Vec<(String, bool)>,
    findings: RefCell<Vec<(usize, Finding)>>,
    advice: RefCell<Vec<(usize, Finding)>>,
    secrets: RefCell<BTreeSet<String>>,
}

/// What was noted while a configuration was read.
pub(crate) struct Notes {
    pub(crate) findings: Findings,
    pub(crate) advice: Findings,
    /// The paths of what is not to be shown.
    pub(crate) secrets: BTreeSet<String>,
}

impl Context {
    pub(crate) fn new(sources: &[Source]) -> Self {
        let mut sources: Vec<_> = sources.iter().map(|source| (source.name(), source.has_lines())).collect();
        if sources.is_empty() {
            sources.push(("configuration".to_owned(), false));
        }
        Self {
            sources,
            findings: RefCell::default(),
            advice: RefCell::default(),
            secrets: RefCell::default(),
        }
    }

    /// Notes an error at a place.
    pub(crate) fn error(&self, place: &Place<'_>, message: impl Into<String>) {
        self.error_with(place, message, None);
    }

    /// Notes an error, and the word that was probably meant.
    pub(crate) fn error_with(&self, place: &Place<'_>, message: impl Into<String>, word: Option<&str>) {
        let mut finding = self.finding(Severity::Error, place, message.into());
        finding.suggestion = word.map(str::to_owned);
        push(&self.findings, place.source, finding);
    }

    /// Notes a warning at a place.
    pub(crate) fn warning(&self, place: &Place<'_>, message: impl Into<String>) {
        push(&self.findings, place.source, self.finding(Severity::Warning, place, message.into()));
    }

    /// Notes what could be better, though it is what the file asks for: `validate` tells it, a start does not.
    pub(crate) fn advise(&self, place: &Place<'_>, message: impl Into<String>) {
        push(&self.advice, place.source, self.finding(Severity::Warning, place, message.into()));
    }

    /// Notes an error of a source as a whole, or where there is no tree yet.
    pub(crate) fn flaw(&self, source: usize, line: Option<usize>, path: String, message: impl Into<String>) {
        let finding = self.finding_at(Severity::Error, source, line, path, message.into());
        push(&self.findings, source, finding);
    }

    /// Notes a warning of a source as a whole, and the word that was probably meant.
    pub(crate) fn doubt(&self, source: usize, message: impl Into<String>, word: Option<&str>) {
        let mut finding = self.finding_at(Severity::Warning, source, None, String::new(), message.into());
        finding.suggestion = word.map(str::to_owned);
        push(&self.findings, source, finding);
    }

    /// Notes that what stands at a place is not to be shown.
    pub(crate) fn keep_secret(&self, place: &Place<'_>) {
        self.secrets.borrow_mut().insert(place.path.clone());
    }

    /// Whether enough was found: no use in looking for what else may have been meant.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.borrow().len() >= MAX_FLAWS
    }

    /// A finding at a place.
    pub(crate) fn finding(&self, severity: Severity, place: &Place<'_>, message: String) -> Finding {
        self.finding_at(severity, place.source, place.line, place.path.clone(), message)
    }

    /// What was noted so far.
    pub(crate) fn take(&self) -> Notes {
        Notes {
            findings: Findings::new(self.findings.take()),
            advice: Findings::new(self.advice.take()),
            secrets: self.secrets.take(),
        }
    }

    fn finding_at(
        &self,
        severity: Severity,
        source: usize,
        line: Option<usize>,
        path: String,
        message: String,
    ) -> Finding {
        let (file, has_lines) = self.sources.get(source).cloned().unwrap_or_default();
        Finding { severity, file, line: line.filter(|_| has_lines), path, message, suggestion: None }
    }
}

fn push(list: &RefCell<Vec<(usize, Finding)>>, source: usize, finding: Finding) {
    let mut list = list.borrow_mut();
    if list.len() < MAX_FLAWS {
        list.push((source, finding));
    }
}
