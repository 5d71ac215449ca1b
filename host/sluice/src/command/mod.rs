//! What the command line can do.

mod arguments;
mod locate;
mod run;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use self::arguments::{Arguments, Command};

/// Reads the command line and does what it says. Errors go to stderr as `Error: ...`, with exit status 1,
/// as the Collector's do; a wrong command line ends with status 2.
pub(crate) fn execute() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let outcome = match arguments.command {
        Some(Command::Run(options)) => run::run(&options),
        Some(Command::Locate(options)) => match matches.subcommand() {
            Some((_, matches)) => locate::locate(&options, matches),
            None => Ok(()),
        },
        None => run::run(&arguments.run),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "the last words of a command-line program")]
fn report(error: &anyhow::Error) {
    eprintln!("Error: {error:#}");
}
