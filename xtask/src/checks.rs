//! Checks that read the tree instead of running it.

use anyhow::{Context, bail};

use crate::guests;
use crate::project::{Project, execute, step};

/// Formatting of every workspace.
pub(crate) fn format(project: &Project) -> anyhow::Result<()> {
    step("checking the format");
    execute(&mut project.cargo(["fmt", "--all", "--check"]))?;
    for manifest in guests::MANIFESTS {
        execute(guests::natively(project, "fmt", manifest).args(["--all", "--check"]))?;
    }
    execute(&mut project.cargo(["fmt", "--all", "--check", "--manifest-path", "fuzz/Cargo.toml"]))
}

/// Lints of every workspace that this compiler builds; fuzz/ needs a nightly one.
pub(crate) fn lints(project: &Project) -> anyhow::Result<()> {
    step("checking the lints");
    execute(&mut project.cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ]))?;
    // The binary without what can be left out.
    execute(&mut project.cargo([
        "clippy",
        "--workspace",
        "--no-default-features",
        "--bins",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ]))?;
    for manifest in guests::MANIFESTS {
        let mut command = guests::natively(project, "clippy", manifest);
        execute(command.args(["--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))?;
    }
    Ok(())
}

/// Documentation builds without a broken link. Crate docs are tables of contents and lead into private modules, so
/// those are documented as well.
pub(crate) fn documentation(project: &Project) -> anyhow::Result<()> {
    step("checking the documentation");
    let mut command =
        project.cargo(["doc", "--workspace", "--no-deps", "--quiet", "--document-private-items"]);
    execute(command.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::redundant_explicit_links"))
}

/// Source is ASCII, so that no character can look like another one.
pub(crate) fn ascii(project: &Project) -> anyhow::Result<()> {
    step("checking that source is ASCII");
    let mut findings = Vec::new();
    for file in git_files(project)? {
        if !file.ends_with(".rs") && !file.ends_with(".toml") && !file.ends_with(".wit") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(project.root().join(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if !line.is_ascii() {
                findings.push(format!("{file}:{}: {line}", number + 1));
            }
        }
    }
    if findings.is_empty() { Ok(()) } else { bail!("not ASCII:\n{}", findings.join("\n")) }
}

fn git_files(project: &Project) -> anyhow::Result<Vec<String>> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(project.root())
        .output()
        .context("could not start git")?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
