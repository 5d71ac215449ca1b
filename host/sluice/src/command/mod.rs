//! What the command line can do.

mod arguments;
mod ask;
mod capture;
mod components;
mod config;
mod container;
mod doctor;
mod drain;
mod explain;
mod generated;
mod health;
mod locate;
mod migrate;
mod open_files;
mod replay;
mod resolve;
mod run;
mod standard;
mod validate;

use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use self::arguments::{Arguments, Command};

/// Reads the command line and does what it says. Errors go to stderr as `Error: ...`, with exit status 1,
/// as the Collector's do; a wrong command line ends with status 2.
pub(crate) fn execute() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let mut arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    standard::fill_in(&mut arguments, Path::new(standard::PATH)).unwrap_or_else(|error| error.exit());
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
        Some(Command::Health(options)) => return health::health(&options),
        Some(Command::Drain(options)) => drain::drain(&options)?,
        Some(Command::Resolve(options)) => return resolve::resolve(&options),
        Some(Command::Doctor(options)) => return doctor::doctor(&options),
        Some(Command::Completions { shell }) => generated::completions(shell)?,
        Some(Command::Man) => generated::manual()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stderr, reason = "the last words of a command-line program")]
fn report(error: &anyhow::Error) {
    eprintln!("Error: {error:#}");
}
