//! Broken and doubtful configurations, and what is said of them.
//!
//! Each file under tests/data/broken holds cases: a line `=== what it is about`, the YAML, a line `>>>`, and
//! the findings as they are printed. In tests/data/advice they are printed with the advice of `validate`. With `WRITE_EXPECTED=1` the test writes the findings into the files, for
//! the difference to be read before it is committed.

use std::fmt::Write;
use std::fs;

use super::support;

struct Case<'a> {
    title: &'a str,
    yaml: &'a str,
    expected: &'a str,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    text.split("=== ")
        .skip(1)
        .map(|case| {
            let (title, rest) = case.split_once('\n').expect("a title");
            let (yaml, expected) = rest.split_once("\n>>>\n").expect("a line `>>>`");
            Case { title, yaml, expected: expected.trim_end() }
        })
        .collect()
}

fn printed(yaml: &str, with_advice: bool) -> String {
    let checked = support::check(&[support::text("f.yaml", yaml)]);
    let findings = if with_advice { checked.findings.with(checked.advice) } else { checked.findings };
    findings.to_string()
}

/// Every case says exactly what is written beside it.
#[test]
fn every_message_is_the_expected_one() {
    assert!(compared("broken", false) >= 118, "cases are missing");
}

/// What only `validate` says is what is written beside it, too.
#[test]
fn advice_is_the_expected_one() {
    assert!(compared("advice", true) >= 11, "cases are missing");
}

/// Compares the cases of a folder, and says how many there are.
fn compared(folder: &str, with_advice: bool) -> usize {
    let entries = fs::read_dir(support::data(folder)).expect("the folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut count = 0;
    let mut wrong = String::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("the file");
        let mut written = String::new();
        for Case { title, yaml, expected } in cases(&text) {
            count += 1;
            let got = printed(yaml, with_advice);
            writeln!(written, "=== {title}\n{yaml}\n>>>\n{got}\n").expect("a string");
            if got != expected {
                let file = file.display();
                writeln!(wrong, "{file}: {title}\nexpected\n{expected}\ngot\n{got}\n").expect("a string");
            }
        }
        if std::env::var_os("WRITE_EXPECTED").is_some() {
            fs::write(file, written).expect("written");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    count
}
