//! What holds for any texts as sources. The property tests call it, and the fuzz target in fuzz/.

use sluice_config::{Config, Source};

/// Reads the texts as a configuration of several sources, and says whether it can run.
///
/// # Panics
/// When what is said of it does not fit together.
pub(crate) fn answer(texts: &[&str]) -> bool {
    let sources: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| Source::Text { name: format!("{number}.yaml"), text: (*text).to_owned() })
        .collect();
    let variables = |name: &str| match name {
        "TOKEN" => Some("s3cret".to_owned()),
        "LIST" => Some("[a, '${env:TOKEN}']".to_owned()),
        "LOOP" => Some("{again: '${env:LOOP}'}".to_owned()),
        _ => None,
    };
    let checked = Config::check(&sources, &variables);
    let runs = checked.config.is_some();
    assert_eq!(runs, checked.findings.errors() == 0, "{}", checked.findings);
    assert_eq!(runs, checked.effective().is_some());
    let all = checked.findings.with(checked.advice);
    assert_eq!(all.to_string().lines().count(), all.len(), "one line for each finding");
    for finding in all.iter() {
        assert!(!finding.message.is_empty() && !finding.file.is_empty(), "{finding:?}");
    }
    migrates(&sources);
    runs
}

/// Parts the same configuration, if that can be done, and reads the halves again.
fn migrates(sources: &[Source]) {
    let Ok(migration) = Config::migrate(sources, &|_| None) else { return };
    assert!(!migration.halves.is_empty(), "every pipeline is somewhere");
    for written in &migration.halves {
        let source = Source::Text { name: written.half.file().to_owned(), text: written.yaml.clone() };
        let again = Config::migrate(&[source], &|_| None);
        assert!(again.is_ok(), "{}: {again:?}\n{}", written.half.file(), written.yaml);
    }
}
