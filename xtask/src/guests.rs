//! Compiling plugins to WebAssembly.
//!
//! `target/plugins/` gets the plugins that the binary embeds, `target/plugins-test/` those that only
//! tests load: the hostile one, and the examples of a user's own.

mod linker;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::project::{Project, execute, step};
use crate::toolchain::{self, Toolchain};

/// What plugins are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The workspaces that plugins are in: the built-in ones', and the examples of a user's own, which stand
/// alone as a user's would.
pub(crate) const MANIFESTS: [&str; 3] =
    ["plugins/Cargo.toml", "config/plugins/tenant/Cargo.toml", "config/plugins/vip/Cargo.toml"];

/// Compiles all plugins; answers with the `.wasm` files that are to be embedded.
///
/// Nothing is written, and so nothing that depends on it rebuilt, where a plugin did not change.
///
/// # Errors
/// When there is no compiler for WebAssembly and none can be installed, or a plugin does not compile.
pub(crate) fn build(project: &Project) -> anyhow::Result<Vec<PathBuf>> {
    let root = project.root();
    let toolchain = Toolchain::find(project, TARGET)?;
    let mut built = Vec::new();
    for manifest in MANIFESTS {
        built.extend(compile(project, &toolchain, Path::new(manifest))?);
    }
    let (test_only, embedded): (Vec<_>, Vec<_>) = built.into_iter().partition(|guest| guest.test_only);
    copy_all(&test_only, &root.join("target/plugins-test"))?;
    copy_all(&embedded, &root.join("target/plugins"))
}

/// A plugin that was compiled.
#[derive(Debug)]
struct Guest {
    /// The name that configurations use.
    name: String,
    /// Loaded by tests, never embedded.
    test_only: bool,
    /// Where cargo left it.
    artifact: PathBuf,
}

/// A cargo command for one of [`MANIFESTS`] and this machine, to check and test plugins natively.
pub(crate) fn natively(project: &Project, command: &str, manifest: &str) -> Command {
    let mut cargo = project.cargo([command, "--manifest-path", manifest]);
    cargo.env("CARGO_TARGET_DIR", project.root().join("target/guests/native"));
    cargo
}

/// Compiles the plugins of a workspace.
fn compile(project: &Project, toolchain: &Toolchain, manifest: &Path) -> anyhow::Result<Vec<Guest>> {
    let root = project.root();
    let folder = manifest.parent().unwrap_or(manifest);
    // A folder of its own for each toolchain: they would rebuild each other's standard library.
    let target = root.join("target/guests").join(toolchain.name());
    step(&format!("compiling {} to WebAssembly ({})", folder.display(), toolchain.name()));
    let mut command = toolchain.cargo(project);
    if let Toolchain::Debian = toolchain {
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker::find()?);
    }
    command.current_dir(root.join(folder)).args(["build", "--release", "--lib", "--locked", "--quiet"]);
    command.args(["--target", TARGET, "--target-dir"]).arg(&target).args(toolchain.arguments());
    toolchain::set_flags(&mut command, project, &[]);
    execute(&mut command)?;
    let artifacts = target.join(TARGET).join("release");
    Ok(guests(&read_metadata(&root.join(manifest))?, &artifacts))
}

fn read_metadata(manifest: &Path) -> anyhow::Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps();
    command.exec().with_context(|| format!("could not read {}", manifest.display()))
}

/// The packages that are plugins, by their `[package.metadata.sluice]`.
fn guests(metadata: &Metadata, artifacts: &Path) -> Vec<Guest> {
    let guest = |package: &Package| {
        let sluice = package.metadata.get("sluice")?;
        let library = package.targets.iter().find(|target| target.is_cdylib())?;
        Some(Guest {
            name: sluice.get("plugin")?.as_str()?.to_owned(),
            test_only: sluice.get("test-only").is_some_and(|value| value.as_bool() == Some(true)),
            artifact: artifacts.join(format!("{}.wasm", library.name.replace('-', "_"))),
        })
    };
    metadata.packages.iter().filter_map(guest).collect()
}

/// Copies plugins to `folder`, each under its name. Takes away what is no plugin any more: it would be
/// embedded for ever.
fn copy_all(guests: &[Guest], folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))?;
    let copied = guests.iter().map(|guest| copy(guest, folder)).collect::<anyhow::Result<Vec<_>>>()?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !copied.contains(&path) {
            std::fs::remove_file(&path).with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    Ok(copied)
}

fn copy(guest: &Guest, folder: &Path) -> anyhow::Result<PathBuf> {
    let destination = folder.join(format!("{}.wasm", guest.name));
    let new = std::fs::read(&guest.artifact)
        .with_context(|| format!("could not read {}", guest.artifact.display()))?;
    if std::fs::read(&destination).is_ok_and(|old| old == new) {
        return Ok(destination);
    }
    std::fs::write(&destination, new)
        .with_context(|| format!("could not write {}", destination.display()))?;
    Ok(destination)
}

#[cfg(test)]
#[path = "guests_tests.rs"]
mod tests;
