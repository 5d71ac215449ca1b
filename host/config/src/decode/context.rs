use std::cell::RefCell;

use crate::findings::{Finding, Findings, Severity};
use crate::yaml::MAX_FLAWS;
use crate::yaml::layout::Place;

/// Where the findings of one file are gathered while it is read.
pub(crate) struct Context {
    file: String,
    findings: RefCell<Vec<Finding>>,
}

impl Context {
    pub(crate) fn new(file: String) -> Self {
        Self { file, findings: RefCell::default() }
    }

    /// Notes an error at a place.
    pub(crate) fn error(&self, place: &Place<'_>, message: impl Into<String>) {
        self.add(Severity::Error, place, message.into(), None);
    }

    /// Notes an error, and the word that was probably meant.
    pub(crate) fn error_with(&self, place: &Place<'_>, message: impl Into<String>, word: Option<&str>) {
        self.add(Severity::Error, place, message.into(), word);
    }

    /// Notes a warning at a place.
    pub(crate) fn warning(&self, place: &Place<'_>, message: impl Into<String>) {
        self.add(Severity::Warning, place, message.into(), None);
    }

    /// Notes an error of the file as a whole, or where there is no tree yet.
    pub(crate) fn flaw(&self, line: Option<usize>, path: String, message: impl Into<String>) {
        let finding = Finding {
            severity: Severity::Error,
            file: self.file.clone(),
            line,
            path,
            message: message.into(),
            suggestion: None,
        };
        self.push(finding);
    }

    /// Whether enough was found: no use in looking for what else may have been meant.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.borrow().len() >= MAX_FLAWS
    }

    /// What was found, in the order of the lines.
    pub(crate) fn into_findings(self) -> Findings {
        Findings::new(self.findings.into_inner())
    }

    fn add(&self, severity: Severity, place: &Place<'_>, message: String, word: Option<&str>) {
        self.push(Finding {
            severity,
            file: self.file.clone(),
            line: place.line,
            path: place.path.clone(),
            message,
            suggestion: word.map(str::to_owned),
        });
    }

    fn push(&self, finding: Finding) {
        if !self.is_full() {
            self.findings.borrow_mut().push(finding);
        }
    }
}
