//! What is in deploy/: manifests, the Helm chart, task definitions and rules, each held against the real programs that
//! will read it.

mod ecs;
mod helm;
mod kubernetes;
mod manifests;
mod monitoring;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sluice_tests::gateway::{binary, project, test_plugins};

/// A file or folder of deploy/.
fn deploy(path: &str) -> PathBuf {
    project().join("deploy").join(path)
}

/// The binary with what a pod has in its environment.
fn in_a_pod() -> Command {
    let mut command = Command::new(binary());
    command.env("POD_IP", "10.1.2.3").env("POD_NAME", "sluice-0");
    command
}

/// There is nothing to say about a configuration, merged of these sources.
#[track_caller]
fn assert_good(sources: &[String], what: &str) {
    let mut command = in_a_pod();
    command.args(["validate", "--strict"]);
    for source in sources {
        command.args(["--config", source]);
    }
    // The folder of plugins is another one here.
    let plugins = test_plugins();
    command.arg("--set").arg(format!("plugins.directories=[{}]", plugins.display()));
    let output = command.output().expect("a binary that starts");
    assert!(output.status.success(), "{what}: {}", words(&output));
}

/// Says that a test is left out.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should know what was left out")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// What a program said.
fn words(output: &Output) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}: {stdout}{stderr}", output.status)
}

/// Copies a folder with all that is in it; links become what they lead to.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
