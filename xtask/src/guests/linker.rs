//! What links WebAssembly, for a toolchain that does not bring it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::debian;
use crate::toolchain::first_line;

/// LLVM's linker as it comes with any of rustup's toolchains, or by itself; installed where there is none.
pub(super) fn find() -> anyhow::Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    debian::install(&["lld"]).context("there is no linker for WebAssembly (wasm-ld)")?;
    installed().context("the package lld brought no wasm-ld")
}

fn installed() -> Option<PathBuf> {
    rust_lld().or_else(|| {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders).map(|folder| folder.join("wasm-ld")).find(|file| file.is_file())
    })
}

fn rust_lld() -> Option<PathBuf> {
    let libraries = first_line(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let linker = Path::new(&libraries).parent()?.join("bin/rust-lld");
    linker.is_file().then_some(linker)
}
