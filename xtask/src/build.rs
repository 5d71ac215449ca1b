//! Building the plugins, and then the binary that embeds them.

use std::path::PathBuf;

use crate::guests;
use crate::project::{Project, execute, step};

/// Builds the plugins into target/plugins.
pub(crate) fn plugins(project: &Project) -> anyhow::Result<()> {
    guests::build(project)?;
    Ok(())
}

/// Builds target/release/sluice.
pub(crate) fn release(project: &Project) -> anyhow::Result<()> {
    plugins(project)?;
    step("building sluice (release); the first build takes some minutes");
    execute(&mut project.cargo(["build", "--release", "--package", "sluice"]))
}

/// Builds what the end-to-end tests start, without optimisation: target/debug/sluice and the demo.
pub(crate) fn development(project: &Project) -> anyhow::Result<()> {
    plugins(project)?;
    step("building sluice (development)");
    // With the tests, though they are not run here: a narrower choice resolves to other features of shared
    // dependencies, and would compile wasmtime a second time.
    execute(&mut project.cargo(["build", "--workspace", "--bins", "--tests"]))
}

/// Where a binary of a profile (`release`, `debug`) is.
pub(crate) fn binary(project: &Project, profile: &str, name: &str) -> PathBuf {
    project.target().join(profile).join(name)
}
