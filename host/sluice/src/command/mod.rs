//! What the command line can do.

mod arguments;
mod capture;
mod components;
mod config;
mod container;
mod explain;
mod generated;
mod locate;
mod migrate;
mod open_files;
mod replay;
mod run;
mod validate;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use self::arguments::{Arguments, Command};

/// Reads the command line and does what it says. Errors go to stderr as `Error: ...`, with exit status 1,
/// as the Collector's do; a wrong command line ends with status 2.
pub(crate) fn execute() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match dispatch(arguments, &matches) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: Arguments, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match arguments.command {
        None => run::run(&arguments.run)?,
        Some(Command::Run(options)) => run::run(&options)?,
        Some(Command::Validate(options)) => return validate::validate(&options),
        Some(Command::Migrate(options)) => return migrate::migrate(&options),
        Some(Command::Config(options)) => config::print(&options)?,
        Some(Command::Components(options)) => components::print(&options)?,
        Some(Command::Explain(options)) => explain::explain(&options)?,
        Some(Command::Replay(options)) => return replay::replay(&options),
        Some(Command::Capture(options)) => capture::capture(&options)?,
        Some(Command::Locate(options)) => {
            if let Some((_, matches)) = matches.subcommand() {
                locate::locate(&options, matches)?;
            }
        }
        Some(Command::Completions { shell }) => generated::completions(shell)?,
        Some(Command::Man) => generated::manual()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stderr, reason = "the last words of a command-line program")]
fn report(error: &anyhow::Error) {
    eprintln!("Error: {error:#}");
}
