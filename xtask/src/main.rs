//! The developer's commands: `cargo xtask build`, `run`, `image` and `test`, each of which sets up what is missing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod build;
mod checks;
mod debian;
mod dependencies;
mod guests;
mod guide;
mod image;
mod processes;
mod project;
mod run;
mod summary;
mod test;
mod toolchain;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Builds, runs and tests Sluice; sets up what is missing on the way.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the plugins and the release binary, target/release/sluice
    Build,
    /// Builds the plugins alone, into target/plugins
    Plugins,
    /// Starts the guide's two tiers from the files in config/: a gateway on 127.0.0.1:4317 (gRPC) and 4318 (HTTP), three tail
    /// samplers, and a backend
    Run(run::Options),
    /// Builds the API server that the tests in tests/tests/kubernetes talk to, into target/kubernetes
    Kubernetes,
    /// Writes a container image of a static binary: an OCI layout, and a tar file that `docker load` takes
    Image(image::Options),
    /// Runs every check and test that CI runs
    Test(test::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<()> {
    let project = Project::find()?;
    match command {
        Command::Build => build::release(&project),
        Command::Plugins => build::plugins(&project),
        Command::Run(options) => run::run(&project, &options),
        Command::Kubernetes => tools::kubernetes::build(&project).map(drop),
        Command::Image(options) => image::image(&project, &options),
        Command::Test(options) => test::test(&project, &options),
    }
}
