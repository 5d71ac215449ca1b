//! Programs that the end-to-end tests talk to: the OpenTelemetry SDKs for Python and JavaScript, moto's AWS Cloud Map,
//! curl, Helm, promtool, and the Knot DNS server.

mod helm;
pub(crate) mod kubernetes;

use std::process::Command;

use anyhow::Context;

use crate::debian;
use crate::project::{Project, execute, is_installed, step};

/// Makes what is missing of them.
pub(crate) fn set_up(project: &Project) -> anyhow::Result<()> {
    python(project, "python", "requirements.txt", "the OpenTelemetry Python SDK")?;
    // Apart from the SDK: what either needs must not choose the other's versions.
    python(project, "moto", "moto.txt", "moto")?;
    javascript(project)?;
    helm::build(project)?;
    if !is_installed("kubectl") {
        step("leaving out the tests of rendered manifests: there is no kubectl here");
    }
    package("curl", &["curl"], "the tests with a plain HTTP client need curl")?;
    package("prometheus", &["promtool"], "the tests of rules for Prometheus need promtool")?;
    package("knot", &["knotd", "knotc"], "the DNS tests need the Knot DNS server (knotd, knotc)")
}

/// What reads an image as engines do.
pub(crate) fn skopeo() -> anyhow::Result<()> {
    package("skopeo", &["skopeo"], "the tests of the container image need skopeo")
}

/// A virtual environment in target/FOLDER with what a file of tests/python names.
fn python(project: &Project, folder: &str, requirements: &str, what: &str) -> anyhow::Result<()> {
    let requirements = project.root().join("tests/python").join(requirements);
    let wanted = std::fs::read(&requirements)?;
    let folder = project.target().join(folder);
    let stamp = folder.join("requirements.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step(&format!("installing {what} into {}", folder.display()));
    execute(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("the tests with Python need python3 with venv (Debian: apt-get install python3-venv)")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    execute(Command::new(folder.join("bin/python")).args(pip).arg(&requirements))?;
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// The packages that tests/javascript/package-lock.json names, in target/javascript, with the scripts that use them:
/// Node.js looks for packages beside a script.
fn javascript(project: &Project) -> anyhow::Result<()> {
    if !is_installed("node") || !is_installed("npm") {
        step(
            "leaving out the tests with the OpenTelemetry JavaScript SDK: there is no Node.js with npm here",
        );
        return Ok(());
    }
    let (source, folder) = (project.root().join("tests/javascript"), project.target().join("javascript"));
    let stamp = folder.join("installed.json");
    let wanted = std::fs::read(source.join("package-lock.json"))?;
    std::fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json", "send.js", "cart.js"] {
        std::fs::copy(source.join(file), folder.join(file))?;
    }
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("installing the OpenTelemetry JavaScript SDK into target/javascript");
    // None of them has anything to build.
    let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execute(Command::new("npm").args(npm).current_dir(&folder))?;
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// Programs from a package of Debian's, where we may install one.
fn package(package: &str, programs: &[&str], need: &str) -> anyhow::Result<()> {
    if programs.iter().all(|program| is_installed(program)) {
        return Ok(());
    }
    debian::install(&[package]).context(need.to_owned())
}
