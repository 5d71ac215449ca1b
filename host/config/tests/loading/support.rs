//! What the tests of this crate share.

use std::path::{Path, PathBuf};

use sluice_config::{Checked, Config, Findings, Loaded, Source};

/// A file under tests/data.
pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Loads a text with an environment that has only `TOKEN` and `PORT`.
pub(crate) fn load(text: &str) -> Result<Loaded, Findings> {
    Config::load(&[self::text("f.yaml", text)], &environment)
}

/// Checks sources with the same environment.
pub(crate) fn check(sources: &[Source]) -> Checked {
    Config::check(sources, &environment)
}

/// A text as a source.
pub(crate) fn text(name: &str, text: &str) -> Source {
    Source::Text { name: name.to_owned(), text: text.to_owned() }
}

/// Loads a file with the same environment.
pub(crate) fn load_file(path: &Path) -> Result<Loaded, Findings> {
    Config::load(&[Source::File(path.to_owned())], &environment)
}

fn environment(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("s3cret".to_owned()),
        "PORT" => Some("4319".to_owned()),
        "NESTED" => Some("${env:PORT}".to_owned()),
        "HOSTS" => Some("[a:1, b:2]".to_owned()),
        "LOOP" => Some("${env:LOOP}".to_owned()),
        "EMPTY" => Some(String::new()),
        "OVERLAY" => Some("processors: {batch: {timeout: 3s}}".to_owned()),
        _ => None,
    }
}
