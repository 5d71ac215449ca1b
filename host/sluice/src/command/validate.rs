//! `sluice validate`: everything that can be said about a configuration without running it.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use sluice_config::{Checked, Config, Finding, Findings};

use super::arguments::{Output, PluginOptions, Sources, ValidateOptions};
use super::run::variable;
use crate::gateway;

/// Prints what was found; the status says whether the configuration can run, and with `--strict` whether there is
/// nothing to say about it.
pub(super) fn validate(options: &ValidateOptions) -> anyhow::Result<ExitCode> {
    let (_config, findings) = check(&options.sources, &options.plugins);
    let errors = findings.errors();
    let warnings = findings.len() - errors;
    let is_good = errors == 0 && (warnings == 0 || !options.strict);
    print(&findings, errors, warnings, options.output)?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The configuration, as far as it can be used, and everything that there is to say about it.
pub(super) fn check(sources: &Sources, plugins: &PluginOptions) -> (Option<Config>, Findings) {
    let mut checked = Config::check(&sources.all(), &variable);
    ask_plugins(&mut checked, plugins);
    (checked.config, checked.findings.with(checked.advice))
}

/// Only the plugins know which keys there are, and whether their settings are good.
fn ask_plugins(checked: &mut Checked, plugins: &PluginOptions) {
    let Some(config) = &checked.config else { return };
    for fault in gateway::plugin_faults(config, plugins.directories.clone()) {
        let path: Vec<&str> = fault.path.iter().map(String::as_str).collect();
        checked.add_error(&path, fault.message, fault.meant.as_deref());
    }
}

/// A finding as JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    severity: String,
    file: &'a str,
    line: Option<usize>,
    path: &'a str,
    message: &'a str,
    suggestion: Option<&'a str>,
}

#[derive(Serialize)]
struct Report<'a> {
    errors: usize,
    warnings: usize,
    findings: Vec<Row<'a>>,
}

fn print(findings: &Findings, errors: usize, warnings: usize, output: Output) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match output {
        Output::Text => {
            for finding in findings.iter() {
                writeln!(out, "{finding}")?;
            }
            writeln!(out, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))?;
        }
        Output::Json => {
            let report = Report { errors, warnings, findings: findings.iter().map(row).collect() };
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// A number of things, for people.
pub(super) fn counted(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

pub(super) fn row(finding: &Finding) -> Row<'_> {
    Row {
        severity: finding.severity.to_string(),
        file: &finding.file,
        line: finding.line,
        path: &finding.path,
        message: &finding.message,
        suggestion: finding.suggestion.as_deref(),
    }
}
