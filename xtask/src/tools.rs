//! Programs that the end-to-end tests talk to: the OpenTelemetry Python SDK and the Knot DNS server.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::project::{Project, execute, step};

/// Makes what is missing of both.
pub(crate) fn set_up(project: &Project) -> anyhow::Result<()> {
    python(project)?;
    knot()
}

/// A virtual environment in target/python with what tests/python/requirements.txt names.
fn python(project: &Project) -> anyhow::Result<()> {
    let requirements = project.root().join("tests/python/requirements.txt");
    let wanted = std::fs::read(&requirements)?;
    let folder = project.target().join("python");
    let stamp = folder.join("requirements.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("installing the OpenTelemetry Python SDK into target/python");
    execute(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).context(
        "the tests with the Python SDK need python3 with venv (Debian: apt-get install python3-venv)",
    )?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    execute(Command::new(folder.join("bin/python")).args(pip).arg(&requirements))?;
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// Knot, from Debian's packages where we may install them.
fn knot() -> anyhow::Result<()> {
    if is_installed("knotd") && is_installed("knotc") {
        return Ok(());
    }
    let can_install = is_installed("apt-get") && rustix::process::geteuid().is_root();
    if !can_install {
        bail!(
            "the DNS tests need the Knot DNS server (knotd, knotc); install it (Debian, Ubuntu: apt-get install knot)"
        );
    }
    step("installing the Knot DNS server");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        execute(&mut command)
    };
    apt(&["update", "-qq"])?;
    apt(&["install", "-y", "-qq", "--no-install-recommends", "knot"])
}

/// Whether a program is on the PATH, or where Debian keeps servers.
fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_path_buf()]);
    folders.into_iter().any(|folder| folder.join(program).is_file())
}
