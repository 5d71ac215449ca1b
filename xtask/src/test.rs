//! `cargo xtask test`: what CI runs, in the order in which a failure is found soonest.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::project::{Project, describe, step};
use crate::summary::Summary;
use crate::{build, checks, dependencies, guests, image, run, tools};

/// What to leave out, for a quick look.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Runs the tests only, without the checks of format, lints, dependencies and documentation
    #[arg(long)]
    no_checks: bool,
    /// Passed on to `cargo test`, for example `-- -p sluice-otlp`
    #[arg(last = true)]
    cargo: Vec<String>,
}

/// Runs the checks, then every test, and closes with one summary line.
pub(crate) fn test(project: &Project, options: &Options) -> anyhow::Result<()> {
    if !options.no_checks {
        checks::format(project)?;
        checks::ascii(project)?;
        dependencies::check(project)?;
    }
    build::plugins(project)?;
    if !options.no_checks {
        checks::lints(project)?;
        checks::documentation(project)?;
    }
    let mut summary = Summary::default();
    let result = run_tests(project, options, &mut summary);
    println!("{}", summary.line());
    result
}

fn run_tests(project: &Project, options: &Options, summary: &mut Summary) -> anyhow::Result<()> {
    let everything = options.cargo.is_empty();
    if everything {
        step("testing the plugins and their SDK");
        for manifest in guests::MANIFESTS {
            counted(guests::natively(project, "test", manifest).arg("--workspace"), summary)?;
        }
        step("testing what is refused where it was left out of the binary");
        let package = ["test", "--package", "sluice-config", "--no-default-features", "--test", "loading"];
        counted(project.cargo(package).arg("without_cloud_map"), summary)?;
    }
    tools::set_up(project)?;
    build::development(project)?;
    step("testing the gateway");
    let mut command = project.cargo(["test", "--no-fail-fast"]);
    if everything {
        command.arg("--workspace");
    }
    counted(command.args(&options.cargo), summary)?;
    if everything {
        step("trying the demo");
        run::run(project, &run::Options::brief_demo())?;
        with_image(project, summary)?;
        with_kubernetes(project, summary)?;
    }
    Ok(())
}

/// A static binary takes every dependency anew.
fn with_image(project: &Project, summary: &mut Summary) -> anyhow::Result<()> {
    tools::skopeo()?;
    image::image(project, &image::Options::for_tests(project))?;
    step("testing the container image");
    counted(&mut project.cargo(["test", "--workspace", "--test", "image"]), summary)
}

/// The last stage, since what it needs takes minutes to build the first time: a failure elsewhere shows before.
fn with_kubernetes(project: &Project, summary: &mut Summary) -> anyhow::Result<()> {
    if !tools::kubernetes::build(project)? {
        return Ok(());
    }
    step("testing against a Kubernetes API server");
    counted(&mut project.cargo(["test", "--workspace", "--test", "kubernetes"]), summary)
}

/// Runs `cargo test`, shows what it prints, and adds its results to the summary.
fn counted(command: &mut Command, summary: &mut Summary) -> anyhow::Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", describe(command)))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            summary.add_line(&line);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}
