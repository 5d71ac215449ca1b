//! docs/configuration.md says what the code does.
//!
//! Its tables stand between `<!-- keys: NAME -->` and `<!-- end -->` and are made from the reference. With
//! `WRITE_EXPECTED=1` the test writes them, for the difference to be read before it is committed.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use sluice_config::{Boundary, ReferenceEntry, Treatment, components, reference};

use super::support;

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md")
}

/// Every table is the one that the code would make.
#[test]
fn tables_are_those_of_the_code() {
    let page = page();
    let text = fs::read_to_string(&page).expect("the page");
    let mut written = String::new();
    let mut rest = text.as_str();
    let mut tables = Vec::new();
    while let Some((before, after)) = rest.split_once("<!-- keys: ") {
        let (name, after) = after.split_once(" -->\n").expect("the end of the marker");
        let (_, after) = after.split_once("<!-- end -->").expect("the end of the table");
        write!(written, "{before}<!-- keys: {name} -->\n{}<!-- end -->", table(name)).expect("a string");
        tables.push(name.to_owned());
        rest = after;
    }
    written.push_str(rest);
    if std::env::var_os("WRITE_EXPECTED").is_some() {
        fs::write(&page, &written).expect("written");
    }
    assert!(written == text, "docs/configuration.md is out of date: run this test with WRITE_EXPECTED=1");
    for entry in reference() {
        let block = block_of(&entry);
        assert!(tables.contains(&block), "no table has the keys of {block}");
    }
}

/// Every example on this page and on that of AWS loads; it warns of nothing.
#[test]
fn examples_load() {
    let pages = [page(), page().with_file_name("aws.md")];
    let text = pages.map(|page| fs::read_to_string(page).expect("the page")).concat();
    let mut examples = 0;
    for example in text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        if !example.contains("service:") {
            continue;
        }
        let loaded = support::load(example).unwrap_or_else(|findings| panic!("{example}\n{findings}"));
        assert!(loaded.warnings.is_empty(), "{example}\n{}", loaded.warnings);
        examples += 1;
    }
    assert!(examples > 0, "there is no example");
}

/// The table in which an entry stands: that of its component, or of its block at the top.
fn block_of(entry: &ReferenceEntry) -> String {
    let mut parts = entry.path.split("::");
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match first {
        "plugins" | "sluice" | "service" => first.to_owned(),
        _ => format!("{first}::{second}"),
    }
}

fn table(name: &str) -> String {
    match name {
        "own" => own_table(),
        "not served" => not_served_table(),
        "components" => components_table(),
        block => block_table(block),
    }
}

/// A row for all components of a section that have the same place.
fn components_table() -> String {
    let mut rows: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for known in components() {
        let is = match known.boundary {
            Boundary::Served => "served".to_owned(),
            Boundary::Later => "an error: it comes with a later release".to_owned(),
            Boundary::Inert(reason) => format!("a warning: {reason}"),
            Boundary::Outside(place) => format!("an error: {place}"),
        };
        match rows.last_mut() {
            Some((section, before, kinds)) if *section == known.section && *before == is => {
                kinds.push(known.kind)
            }
            _ => rows.push((known.section, is, vec![known.kind])),
        }
    }
    let mut table = "| section | is | components |\n|---|---|---|\n".to_owned();
    for (section, is, kinds) in rows {
        writeln!(table, "| `{section}` | {is} | `{}` |", kinds.join("`, `")).expect("a string");
    }
    table
}

/// The backends of `load_balancing` have the keys of `otlp_grpc`; they are listed there.
fn is_listed_elsewhere(entry: &ReferenceEntry) -> bool {
    entry.path.starts_with("exporters::load_balancing::protocol::otlp::")
}

fn own_table() -> String {
    let mut table = "| key | value | default | what it does |\n|---|---|---|---|\n".to_owned();
    for entry in reference().iter().filter(|entry| entry.own && !is_listed_elsewhere(entry)) {
        push_served(&mut table, entry, &entry.path);
    }
    table
}

fn block_table(block: &str) -> String {
    let mut table = "| key | value | default | what it does |\n|---|---|---|---|\n".to_owned();
    for entry in reference().iter().filter(|entry| block_of(entry) == block && !is_listed_elsewhere(entry)) {
        let prefix = format!("{block}::");
        push_served(&mut table, entry, entry.path.strip_prefix(&prefix).unwrap_or(&entry.path));
    }
    table
}

fn push_served(table: &mut String, entry: &ReferenceEntry, path: &str) {
    if let Treatment::Served { form, default, note } = entry.treatment {
        let default = default
            .strip_prefix('(')
            .and_then(|words| words.strip_suffix(')'))
            .map_or_else(|| format!("`{default}`"), str::to_owned);
        writeln!(table, "| `{path}` | {form} | {default} | {note} |").expect("a string");
    }
}

fn not_served_table() -> String {
    let mut table = "| key | is | because |\n|---|---|---|\n".to_owned();
    for entry in reference().iter().filter(|entry| !is_listed_elsewhere(entry)) {
        let (kind, reason) = match entry.treatment {
            Treatment::Served { .. } => continue,
            Treatment::Refused(advice) => ("an error", advice),
            Treatment::Inert(reason) => ("a warning", reason),
        };
        writeln!(table, "| `{}` | {kind} | {reason} |", entry.path).expect("a string");
    }
    table
}
