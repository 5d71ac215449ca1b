//! A compiler for a target that is not this machine's: rustup's, or else Debian's.

mod debian;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::bail;

use crate::project::{Project, step};

/// Takes the choice away: `rustup` or `debian`. For trying each out on a machine that has both.
const FORCE: &str = "SLUICE_TOOLCHAIN";

/// A cargo that can compile for a target.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The compiler that builds the gateway as well, with the target's standard library.
    Rustup,
    /// Debian's, which compiles the standard library from source.
    Debian,
}

impl Toolchain {
    /// Finds one, and installs it where that can be done without asking.
    pub(crate) fn find(project: &Project, target: &str) -> anyhow::Result<Self> {
        let forced = std::env::var(FORCE).ok();
        let found = match forced.as_deref() {
            None => rustup(project.root(), target).or_else(debian::find),
            Some("rustup") => rustup(project.root(), target),
            Some("debian") => debian::find(),
            Some(other) => bail!("{FORCE} is `{other}`; it can be `rustup` or `debian`"),
        };
        let Some(found) = found else {
            let choice = forced.map(|forced| format!("{FORCE} is `{forced}`, which cannot be had here; "));
            bail!(
                "{}there is no Rust compiler for {target}; install one with `rustup target add {target}` or, on Debian, \
                 as root: `apt-get install {}`, and run this again",
                choice.unwrap_or_default(),
                debian::PACKAGES.join(" ")
            )
        };
        Ok(found)
    }

    /// For people, and for the folder that it builds in.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }

    /// The cargo to start, in the project's root.
    pub(crate) fn cargo(&self, project: &Project) -> Command {
        let mut command = match self {
            Self::Rustup => project.cargo::<[&str; 0]>([]),
            Self::Debian => debian::cargo(project),
        };
        // Flags for this machine's processor are none for another.
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR"] {
            command.env_remove(name);
        }
        command
    }

    /// What its `cargo build` needs besides.
    pub(crate) fn arguments(&self) -> &'static [&'static str] {
        match self {
            Self::Rustup => &[],
            Self::Debian => debian::ARGUMENTS,
        }
    }
}

/// Sets the compiler's flags, and with them that what it writes does not tell where the sources lie on this machine: that is
/// nobody's business, and the same sources would become other bytes elsewhere.
pub(crate) fn set_flags(cargo: &mut Command, project: &Project, flags: &[&str]) {
    let mut flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--remap-path-prefix={}=/sluice", project.root().display()));
    flags.extend(cargo_home().map(|home| format!("--remap-path-prefix={}=/cargo", home.display())));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
}

/// Where cargo keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
}

/// The first compiler on the path, if it has the target or `rustup` can add it.
fn rustup(root: &Path, target: &str) -> Option<Toolchain> {
    if !has_target(root, target) {
        step(&format!("adding the target {target} with rustup"));
        let mut add = Command::new("rustup");
        add.args(["target", "add", target]).current_dir(root);
        if !add.status().is_ok_and(|status| status.success()) || !has_target(root, target) {
            return None;
        }
    }
    Some(Toolchain::Rustup)
}

fn has_target(root: &Path, target: &str) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]).current_dir(root);
    first_line(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}

/// The first line that a command prints, if it succeeds.
pub(crate) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
