//! `sluice components`: what Sluice makes of each component of the Collector.

use std::io::Write;

use serde::Serialize;
use sluice_config::{Boundary, KnownComponent, components};

use super::arguments::{ComponentsOptions, Output};

/// A row of the table.
#[derive(Serialize)]
struct Row {
    section: &'static str,
    component: &'static str,
    is: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
}

/// Prints all components.
pub(super) fn print(options: &ComponentsOptions) -> anyhow::Result<()> {
    let rows: Vec<_> = components().into_iter().map(row).collect();
    let mut out = std::io::stdout().lock();
    match options.output {
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, &rows)?;
            writeln!(out)?;
        }
        Output::Text => {
            for Row { section, component, is, because } in &rows {
                let because = because.map(|because| format!(": {because}")).unwrap_or_default();
                writeln!(out, "{section:<10}  {component:<38}  {is}{because}")?;
            }
        }
    }
    Ok(())
}

fn row(known: KnownComponent) -> Row {
    let (is, because) = match known.boundary {
        Boundary::Served => ("served", None),
        Boundary::Later => ("later", Some("it comes with a later release")),
        Boundary::Inert(reason) => ("inert", Some(reason)),
        Boundary::Outside(place) => ("outside", Some(place)),
    };
    Row { section: known.section, component: known.kind, is, because }
}
