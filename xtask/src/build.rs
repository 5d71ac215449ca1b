//! Building the plugins, and then the binary that embeds them.

use std::path::PathBuf;

use crate::guests;
use crate::project::{Project, execute, step};

/// Builds the plugins into target/plugins.
pub(crate) fn plugins(project: &Project) -> anyhow::Result<()> {
    guests::build(project.root())?;
    Ok(())
}

/// Builds target/release/sluice.
pub(crate) fn release(project: &Project) -> anyhow::Result<()> {
    plugins(project)?;
    step("building sluice (release); the first build takes some minutes");
    execute(&mut project.cargo(["build", "--release", "--package", "sluice"]))
}

/// Where [`release`] leaves the binary.
pub(crate) fn release_binary(project: &Project) -> PathBuf {
    project.target().join("release").join("sluice")
}
