//! Programs of others that tests start.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::gateway::binary;

/// Whether a program is on the PATH.
#[must_use]
pub fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether there is Node.js with npm, which nobody has to have; says so if there is not.
#[must_use]
pub fn has_node() -> bool {
    let has_node = is_installed("node") && is_installed("npm");
    if !has_node {
        skipped("there is no Node.js with npm here");
    }
    has_node
}

/// Says that a test is left out.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should know what was left out")]
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// What a program said.
#[must_use]
pub fn words(output: &Output) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}: {stdout}{stderr}", output.status)
}

/// What `cargo xtask test` has put into the target folder.
///
/// # Panics
/// When it has not.
#[must_use]
pub fn prepared(path: &str) -> PathBuf {
    let target = binary().ancestors().nth(2).expect("the target folder").to_path_buf();
    let file = target.join(path);
    assert!(file.exists(), "{} is not there; run `cargo xtask test`, which makes it", file.display());
    file
}

/// Runs a program to its end, without holding up other tasks.
///
/// # Panics
/// When it does not start.
pub async fn run(mut command: Command) -> Output {
    let ending = tokio::task::spawn_blocking(move || command.output().expect("a program that starts"));
    ending.await.expect("a program that ends")
}
