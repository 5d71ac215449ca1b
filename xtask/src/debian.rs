//! Debian's packages, for what a machine lacks: installed without asking where we may.

use std::process::{Command, Stdio};

use anyhow::ensure;

use crate::project::{execute, is_installed, step};

/// Installs packages with apt-get.
///
/// # Errors
/// When this is not Debian or its kin, we are not root, or a package cannot be had.
pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
    let names = packages.join(" ");
    let can_install = is_installed("apt-get") && rustix::process::geteuid().is_root();
    ensure!(can_install, "install it (Debian, Ubuntu: apt-get install {names})");
    step(&format!("installing {names}"));
    execute(apt_get(&["update"]).stdout(Stdio::null()))?;
    execute(apt_get(&["install", "--yes", "--no-install-recommends"]).args(packages).stdout(Stdio::null()))
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
