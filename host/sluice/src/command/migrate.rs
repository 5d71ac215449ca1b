//! `sluice migrate`: a Collector's configuration in halves.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde::Serialize;
use sluice_config::{Config, Findings, Half, Migration, Source, Written};

use super::arguments::{MigrateOptions, Output};
use super::run::variable;
use super::validate::{Row, row};

/// Writes the halves, and prints what went where; the status says whether Sluice can run its half as it is.
pub(super) fn migrate(options: &MigrateOptions) -> anyhow::Result<ExitCode> {
    let migration = Config::migrate(&options.sources.all(), &variable)
        .map_err(|findings| anyhow::anyhow!("the configuration cannot be read\n{findings}"))?;
    write(&migration.halves, &options.output_dir)?;
    let findings = said_of_sluice(&migration);
    print(&migration, &findings, options)?;
    Ok(if findings.errors() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nothing that is there already is written over.
fn write(halves: &[Written], folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("could not make the folder {shown}"))?;
    for half in Half::ALL {
        if folder.join(half.file()).exists() {
            bail!("{} is in {shown} already; name an empty folder by --output-dir", half.file());
        }
    }
    for written in halves {
        let path = folder.join(written.half.file());
        // What the configuration holds may be secret.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(written.yaml.as_bytes()))
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

/// What `validate` says of Sluice's half.
fn said_of_sluice(migration: &Migration) -> Findings {
    let Some(half) = migration.halves.iter().find(|written| written.half == Half::Sluice) else {
        return Findings::default();
    };
    let source = Source::Text { name: half.half.file().to_owned(), text: half.yaml.clone() };
    let checked = Config::check(&[source], &variable);
    checked.findings.with(checked.advice)
}

#[derive(Serialize)]
struct Report<'a> {
    files: Vec<FileRow<'a>>,
    components: Vec<ComponentRow<'a>>,
    changes: Vec<ChangeRow<'a>>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    file: &'static str,
    note: &'static str,
    pipelines: &'a [String],
}

#[derive(Serialize)]
struct ComponentRow<'a> {
    path: &'a str,
    files: Vec<&'static str>,
    because: &'a str,
}

#[derive(Serialize)]
struct ChangeRow<'a> {
    file: &'static str,
    path: &'a str,
    message: &'a str,
}

impl<'a> Report<'a> {
    fn of(migration: &'a Migration, findings: &'a Findings) -> Self {
        let halves = migration.halves.iter();
        let components = migration.components.iter();
        let changes = migration.changes.iter();
        Self {
            files: halves
                .map(|Written { half, pipelines, .. }| FileRow {
                    file: half.file(),
                    note: half.note(),
                    pipelines,
                })
                .collect(),
            components: components
                .map(|placed| ComponentRow {
                    path: &placed.path,
                    files: placed.halves.iter().map(|half| half.file()).collect(),
                    because: &placed.because,
                })
                .collect(),
            changes: changes
                .map(|change| ChangeRow {
                    file: change.half.file(),
                    path: &change.path,
                    message: &change.message,
                })
                .collect(),
            findings: findings.iter().map(row).collect(),
        }
    }
}

fn print(migration: &Migration, findings: &Findings, options: &MigrateOptions) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let report = Report::of(migration, findings);
    if matches!(options.output, Output::Json) {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
        return Ok(());
    }
    for FileRow { file, note, pipelines } in &report.files {
        writeln!(out, "{} {note}", options.output_dir.join(file).display())?;
        for pipeline in *pipelines {
            writeln!(out, "  {pipeline}")?;
        }
    }
    if !report.files.iter().any(|row| row.file == Half::Sluice.file()) {
        writeln!(out, "\nno pipeline has anything that Sluice does: let it send to Sluice by OTLP")?;
    }
    writeln!(out, "\nwhere each component went, and why:")?;
    for ComponentRow { path, files, because } in &report.components {
        let files = if files.is_empty() { "left out".to_owned() } else { files.join(", ") };
        writeln!(out, "  {path}: {files}: {because}")?;
    }
    writeln!(out, "\nwhat changes:\n  comments and anchors of the file are not carried over")?;
    for ChangeRow { file, path, message } in &report.changes {
        let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
        writeln!(out, "  {file}: {path}{message}")?;
    }
    if !findings.is_empty() {
        writeln!(out, "\nwhat `sluice validate` says of its half:")?;
        for finding in findings.iter() {
            writeln!(out, "  {finding}")?;
        }
    }
    Ok(())
}
