//! The compiler for WebAssembly: rustup's, or else Debian's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::bail;

use super::{TARGET, debian};
use crate::project::step;

/// Takes the choice away: `rustup` or `debian`. For trying each out on a machine that has both.
const FORCE: &str = "SLUICE_GUEST_TOOLCHAIN";

/// What to do when nothing else worked.
const HELP: &str = "there is no Rust compiler for wasm32-unknown-unknown, which plugins are compiled with; \
install one with `rustup target add wasm32-unknown-unknown` or, on Debian, as root: \
`apt-get install rustc-web cargo-web rust-web-src`, and run this again";

/// A cargo that can compile for WebAssembly.
#[derive(Debug)]
pub(super) enum Toolchain {
    /// The compiler that builds the gateway as well, with the target's standard library.
    Rustup,
    /// Debian's, which compiles the standard library from source.
    Debian {
        /// What links WebAssembly.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Finds one, and installs it where that can be done without asking.
    pub(super) fn find(root: &Path) -> anyhow::Result<Self> {
        let forced = std::env::var(FORCE).ok();
        let found = match forced.as_deref() {
            None => rustup(root).or_else(debian::find),
            Some("rustup") => rustup(root),
            Some("debian") => debian::find(),
            Some(other) => bail!("{FORCE} is `{other}`; it can be `rustup` or `debian`"),
        };
        match (found, forced) {
            (Some(found), _) => Ok(found),
            (None, None) => bail!(HELP),
            (None, Some(forced)) => bail!("{FORCE} is `{forced}`, which cannot be had here; {HELP}"),
        }
    }

    /// For people, and for the folder that it builds in.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian { .. } => "debian",
        }
    }

    /// The cargo to start.
    pub(super) fn cargo(&self) -> Command {
        let mut command = match self {
            Self::Rustup => Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
            Self::Debian { linker } => debian::cargo(linker),
        };
        // Flags for the gateway's processor are none for WebAssembly.
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR"] {
            command.env_remove(name);
        }
        command
    }

    /// What its `cargo build` needs besides.
    pub(super) fn arguments(&self) -> &'static [&'static str] {
        match self {
            Self::Rustup => &[],
            Self::Debian { .. } => debian::ARGUMENTS,
        }
    }
}

/// The first compiler on the path, if it has the target or `rustup` can add it.
fn rustup(root: &Path) -> Option<Toolchain> {
    if !has_target(root) {
        step(&format!("adding the target {TARGET} with rustup"));
        let mut add = Command::new("rustup");
        add.args(["target", "add", TARGET]).current_dir(root);
        if !add.status().is_ok_and(|status| status.success()) || !has_target(root) {
            return None;
        }
    }
    Some(Toolchain::Rustup)
}

fn has_target(root: &Path) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(root);
    first_line(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}

/// The first line that a command prints, if it succeeds.
pub(super) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
