//! Debian's Rust compiler, for machines on which rustup cannot download a target.
//!
//! Its packages hold no standard library for WebAssembly, but the source of one, which cargo
//! compiles (`-Zbuild-std`) on the first build.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::toolchain::{Toolchain, first_line};
use crate::project::{execute, step};

/// What Debian installs; rustup's own lie elsewhere, and first on the path.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Compiler, cargo, and the standard library's source.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Compiles the standard library, too.
pub(super) const ARGUMENTS: &[&str] = &["-Zbuild-std=std,panic_abort"];

/// Finds Debian's toolchain; installs it where we are root on Debian.
pub(super) fn find() -> Option<Toolchain> {
    if !is_installed() {
        install(&PACKAGES)?;
    }
    let linker = linker().or_else(|| {
        install(&["lld"])?;
        linker()
    })?;
    is_installed().then_some(Toolchain::Debian { linker })
}

/// A cargo command with this toolchain, whatever rustup has set up around us.
pub(super) fn cargo(linker: &Path) -> Command {
    let mut command = Command::new(CARGO);
    command.env("RUSTC", RUSTC).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    // Building the standard library is an unstable feature, which only this opens in a release compiler.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
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

/// What links WebAssembly: LLVM's linker as it comes with any Rust toolchain, or by itself.
fn linker() -> Option<PathBuf> {
    ["rustc", RUSTC].into_iter().find_map(rust_lld).or_else(|| {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders).map(|folder| folder.join("wasm-ld")).find(|file| file.is_file())
    })
}

fn rust_lld(rustc: &str) -> Option<PathBuf> {
    let libraries = first_line(Command::new(rustc).args(["--print", "target-libdir"]))?;
    let linker = Path::new(&libraries).parent()?.join("bin/rust-lld");
    linker.is_file().then_some(linker)
}

fn install(packages: &[&str]) -> Option<()> {
    let root = first_line(Command::new("id").arg("-u"))? == "0";
    if !root || !Path::new("/etc/debian_version").exists() {
        return None;
    }
    step(&format!("installing {} with apt-get", packages.join(", ")));
    execute(apt_get().arg("update")).ok()?;
    execute(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages)).ok()
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

#[cfg(test)]
#[path = "debian_tests.rs"]
mod tests;
