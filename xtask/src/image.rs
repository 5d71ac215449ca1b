//! `cargo xtask image`: a container image of one static binary, written without an engine.
//!
//! The image is an OCI layout, in a folder and as a tar file that Docker and Podman load. The same sources,
//! compiler and certificates give the same bytes, in a folder of the same name, which cargo makes part of the names of what lies
//! outside of a workspace: entries are sorted, and every time is that of the last commit.

mod bom;
mod contents;
mod layout;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use self::layout::Architecture;
use crate::project::{Project, execute, is_installed, step};
use crate::toolchain::{self, Toolchain};
use crate::{build, debian};

/// What is to be built.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The architecture; this machine's unless given. For another one, its target of Rust's and its C compiler are
    /// installed where they can be
    #[arg(long, value_enum, default_value_t = Architecture::of_this_machine())]
    arch: Architecture,
    /// A binary that is built already, in place of a static one that is built now
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// How the binary is built: `dev` is for tests
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    profile: Profile,
    /// The name that `docker load` gives the image
    #[arg(long, value_name = "NAME:TAG", default_value = concat!("sluice:", env!("CARGO_PKG_VERSION")))]
    tag: String,
    /// The folder to write to: `image/`, `sluice-image.tar` and `sluice.spdx.json`
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
}

/// A profile of cargo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Profile {
    Release,
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// What cargo calls its folder.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

impl Options {
    /// An image that only tests run, built faster, in a folder of its own.
    pub(crate) fn for_tests(project: &Project) -> Self {
        Self {
            arch: Architecture::of_this_machine(),
            binary: None,
            profile: Profile::Dev,
            tag: "sluice:test".to_owned(),
            output_dir: Some(project.target().join("image-test")),
        }
    }
}

/// Where the parts of a built image are.
#[derive(Debug)]
pub(crate) struct Image {
    /// The OCI layout.
    pub(crate) layout: PathBuf,
    /// The same as a tar file.
    pub(crate) archive: PathBuf,
    /// What is in it, in SPDX.
    pub(crate) bom: PathBuf,
}

/// Builds the image and says where it is.
pub(crate) fn image(project: &Project, options: &Options) -> anyhow::Result<()> {
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => static_binary(project, options.arch, options.profile)?,
    };
    let folder = options.output_dir.clone().unwrap_or_else(|| project.target().to_path_buf());
    step("writing the image");
    let image = assemble(project, &binary, options, &folder)?;
    println!("{}\n{}\n{}", image.layout.display(), image.archive.display(), image.bom.display());
    Ok(())
}

/// Puts the binary and what belongs to it into an image.
fn assemble(project: &Project, binary: &Path, options: &Options, folder: &Path) -> anyhow::Result<Image> {
    let time = time(project)?;
    let bytes = std::fs::read(binary).with_context(|| format!("could not read {}", binary.display()))?;
    let layer = contents::layer(&bytes, authorities().as_deref(), time)?;
    let bom = bom::bom(project, options.arch, time)?;
    std::fs::create_dir_all(folder)?;
    let image = Image {
        layout: folder.join("image"),
        archive: folder.join("sluice-image.tar"),
        bom: folder.join("sluice.spdx.json"),
    };
    let written = layout::Layout::new(layer, &bom, &options.tag, options.arch, time)?;
    written.write_folder(&image.layout)?;
    written.write_archive(&image.archive)?;
    std::fs::write(&image.bom, bom)?;
    Ok(image)
}

/// The certificates of this system's authorities, so that backends outside of a cluster can be spoken to.
fn authorities() -> Option<Vec<u8>> {
    let files =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    let found = files.iter().find_map(|file| std::fs::read(file).ok());
    if found.is_none() {
        step("no certificates of authorities on this machine: the image has none, and TLS needs `ca_file`");
    }
    found
}

/// When everything in the image was made, in seconds since 1970: what SOURCE_DATE_EPOCH says, else the last commit.
fn time(project: &Project) -> anyhow::Result<u64> {
    if let Ok(set) = std::env::var("SOURCE_DATE_EPOCH") {
        return set
            .trim()
            .parse()
            .with_context(|| format!("SOURCE_DATE_EPOCH: `{set}` is no number of seconds"));
    }
    let git = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(project.root()).output();
    let seconds = git.ok().filter(|output| output.status.success());
    let text = seconds.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let text = text.context("the time of the last commit is not known; set SOURCE_DATE_EPOCH")?;
    text.parse().with_context(|| format!("git answers `{text}` for the time of the last commit"))
}

/// Builds the binary with the C library inside. That takes a target of its own, and so every dependency anew.
fn static_binary(project: &Project, arch: Architecture, profile: Profile) -> anyhow::Result<PathBuf> {
    let target = arch.target();
    let toolchain = Toolchain::find(project, target)?;
    build::plugins(project)?;
    let (profile, built) = (profile.name(), profile.folder());
    step(&format!(
        "building a static sluice for {target} ({profile}, {}); this takes minutes",
        toolchain.name()
    ));
    let mut cargo = toolchain.cargo(project);
    cargo.args(["build", "--profile", profile, "--locked", "--package", "sluice", "--target", target]);
    cargo.arg("--target-dir").arg(project.target()).args(toolchain.arguments());
    toolchain::set_flags(&mut cargo, project, &["-Ctarget-feature=+crt-static"]);
    // What was compiled before would show in what is compiled now.
    cargo.env("CARGO_INCREMENTAL", "0");
    // So would, in what is compiled from C, when that was.
    cargo.env("SOURCE_DATE_EPOCH", "0");
    if arch != Architecture::of_this_machine() {
        let compiler = cross_compiler(arch)?;
        let variable = target.replace('-', "_");
        cargo.env(format!("CARGO_TARGET_{}_LINKER", variable.to_uppercase()), compiler);
        cargo.env(format!("CC_{variable}"), compiler);
    }
    execute(&mut cargo)?;
    Ok(project.target().join(target).join(built).join("sluice"))
}

/// The C compiler for another architecture, which also links; installed where it is missing.
fn cross_compiler(arch: Architecture) -> anyhow::Result<&'static str> {
    let compiler = arch.cross_compiler();
    if !is_installed(compiler) {
        debian::install(&arch.debian_packages())
            .with_context(|| format!("{} needs {compiler}", arch.target()))?;
    }
    Ok(compiler)
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
