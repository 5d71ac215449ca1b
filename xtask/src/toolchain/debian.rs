//! Debian's Rust compiler, for machines on which rustup cannot download a target.
//!
//! Its packages hold no standard library for other targets, but the source of one, which cargo
//! compiles (`-Zbuild-std`) on the first build.

use std::path::Path;
use std::process::Command;

use super::{Toolchain, first_line};
use crate::debian;
use crate::project::Project;

/// What Debian installs; rustup's own lie elsewhere, and first on the path.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Compiler, cargo, and the standard library's source.
pub(super) const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Compiles the standard library, too.
pub(super) const ARGUMENTS: &[&str] = &["-Zbuild-std=std,panic_abort"];

/// Finds Debian's toolchain; installs it where we are root on Debian.
pub(super) fn find() -> Option<Toolchain> {
    if !is_installed() {
        debian::install(&PACKAGES).ok()?;
    }
    is_installed().then_some(Toolchain::Debian)
}

/// A cargo command with this toolchain, whatever rustup has set up around us.
pub(super) fn cargo(project: &Project) -> Command {
    let mut command = project.command(CARGO);
    command.env("RUSTC", RUSTC).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    // Building the standard library is an unstable feature, which only this opens in a release compiler.
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

fn is_installed() -> bool {
    is_recent().unwrap_or(false) && has_source() && Path::new(CARGO).is_file()
}

/// Debian has an older compiler, too, which may lie in the same place.
fn is_recent() -> Option<bool> {
    let version = first_line(Command::new(RUSTC).arg("--version"))?;
    let version = version.split_whitespace().nth(1)?;
    Some(major_and_minor(version)? >= major_and_minor(env!("CARGO_PKG_RUST_VERSION"))?)
}

fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn has_source() -> bool {
    let sysroot = first_line(Command::new(RUSTC).args(["--print", "sysroot"]));
    let source = sysroot.map(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/std"));
    source.is_some_and(|source| source.is_dir())
}

#[cfg(test)]
#[path = "debian_tests.rs"]
mod tests;
