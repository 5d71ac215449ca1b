//! The configuration where none is given: in a container it lies where the Collector's images have it.

use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, Error};
use sluice_config::Source;

use super::arguments::{Arguments, Command, Sources};

/// Where it lies.
pub(super) const PATH: &str = "/conf/config.yaml";

/// Makes `standard` the configuration of a command that has none, where there is such a file.
///
/// # Errors
/// When the command cannot do without one.
pub(super) fn fill_in(arguments: &mut Arguments, standard: &Path) -> Result<(), Error> {
    let Some((sources, is_needed)) = wanted(arguments) else { return Ok(()) };
    if !sources.config.is_empty() {
        return Ok(());
    }
    if standard.is_file() {
        sources.config.push(Source::File(standard.to_owned()));
    } else if is_needed || !sources.set.is_empty() {
        let other = if matches!(arguments.command, Some(Command::Locate(_))) {
            ", or --endpoints <LIST>"
        } else {
            ""
        };
        let message = format!(
            "the following required arguments were not provided:\n  --config <FILE>{other}\n\n(there is no {} either)",
            standard.display()
        );
        return Err(Arguments::command().error(ErrorKind::MissingRequiredArgument, message));
    }
    Ok(())
}

/// The sources of a command that reads a configuration, and whether it cannot do without; `None` where the command line
/// says already what it would be asked for.
fn wanted(arguments: &mut Arguments) -> Option<(&mut Sources, bool)> {
    Some(match &mut arguments.command {
        None => (&mut arguments.run.sources, true),
        Some(Command::Run(options)) => (&mut options.sources, true),
        Some(Command::Validate(options)) => (&mut options.sources, true),
        Some(Command::Migrate(options)) => (&mut options.sources, true),
        Some(Command::Config(options)) => (&mut options.sources, true),
        Some(Command::Replay(options)) => (&mut options.sources, true),
        Some(Command::Resolve(options)) => (&mut options.sources, true),
        Some(Command::Doctor(options)) => (&mut options.sources, true),
        Some(Command::Locate(options)) if options.endpoints.is_empty() => (&mut options.sources, true),
        Some(Command::Health(options)) if options.address.is_none() => (&mut options.sources, false),
        Some(Command::Drain(options)) if options.admin.is_none() => (&mut options.sources, false),
        Some(_) => return None,
    })
}

#[cfg(test)]
#[path = "standard_tests.rs"]
mod tests;
