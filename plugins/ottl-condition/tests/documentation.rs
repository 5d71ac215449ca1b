//! The page about this policy says what is.

use std::collections::BTreeSet;

use sluice_ottl::{Condition, Context, References, Table, converters, fields};

const PAGE: &str = include_str!("../../../docs/policies/ottl_condition.md");

/// What stands between backticks in a section.
fn code(section: &str) -> BTreeSet<&'static str> {
    let start = PAGE.find(&format!("\n## {section}\n")).map_or(PAGE.len(), |at| at + 1);
    let section = &PAGE[start..];
    let end = section[1..].find("\n## ").map_or(section.len(), |at| at + 1);
    section[..end].split('`').skip(1).step_by(2).collect()
}

/// Every converter has its line, and there is none for another one.
#[test]
fn converters_are_listed() {
    let rows = code("Converters");
    let calls = rows.iter().filter_map(|call| call.split_once('(')).map(|(name, _)| name);
    let listed: BTreeSet<_> = calls.filter(|name| name.starts_with(char::is_uppercase)).collect();
    assert_eq!(listed, converters().collect());
}

/// Every field has its place in the table of its prefix, and no other has.
#[test]
fn fields_are_listed() {
    for (table, prefix) in [
        (Table::Span, "| `span.` |"),
        (Table::Event, "| `spanevent.` |"),
        (Table::Resource, "| `resource.` |"),
        (Table::Scope, "| `scope.`, `instrumentation_scope.` |"),
    ] {
        let row = PAGE.lines().find_map(|line| line.strip_prefix(prefix)).unwrap();
        let listed: Vec<_> = row.split('`').skip(1).step_by(2).collect();
        assert_eq!(listed, fields(table), "{prefix}");
    }
}

/// Every condition of the example is one.
#[test]
fn the_example_is_read() {
    let mut references = References::default();
    let mut context = None;
    let mut read = 0;
    let block = PAGE.split("```").nth(1).unwrap();
    for line in block.lines().map(str::trim) {
        match line {
            "span:" => context = Some(Context::Span),
            "spanevent:" => context = Some(Context::SpanEvent),
            _ => {}
        }
        let Some(condition) = line.strip_prefix("- '").and_then(|line| line.strip_suffix('\'')) else {
            continue;
        };
        if let Err(error) = Condition::new(condition, context.unwrap(), &mut references) {
            panic!("{}", error.explain(condition));
        }
        read += 1;
    }
    assert_eq!(read, 6);
}

/// The mistake on the page is explained as the page shows it.
#[test]
fn the_mistake_is_explained_so() {
    let condition = "span.stats.code == STATUS_CODE_ERROR";
    let error = Condition::new(condition, Context::Span, &mut References::default()).unwrap_err();
    let shown = PAGE.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(format!("span[1]: {}\n", error.explain(condition)), shown);
}
