//! What is in deploy/: manifests, the Helm chart, task definitions and rules, each held against the real programs that
//! will read it.

mod ecs;
mod helm;
mod kubernetes;
mod manifests;
mod monitoring;

use std::process::Command;

use sluice_tests::gateway::{binary, test_plugins};
use sluice_tests::programs::words;

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
