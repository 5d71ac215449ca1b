use std::path::Path;

use clap::{CommandFactory, FromArgMatches};
use sluice_config::Source;

use super::fill_in;
use crate::command::arguments::{Arguments, Command};

fn parsed(line: &[&str]) -> Arguments {
    let matches = Arguments::command().try_get_matches_from(line).expect("a command line");
    Arguments::from_arg_matches(&matches).expect("arguments")
}

/// A file that is there is the configuration of every command that is given none.
#[test]
fn the_standard_file_is_taken() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    for line in [&["sluice"][..], &["sluice", "run"], &["sluice", "--set", "a.b=c"]] {
        let mut arguments = parsed(line);
        fill_in(&mut arguments, file.path()).expect("a configuration");
        let sources = match &arguments.command {
            Some(Command::Run(options)) => &options.sources,
            _ => &arguments.run.sources,
        };
        assert_eq!(sources.config, [Source::File(file.path().to_owned())], "{line:?}");
    }
    let mut arguments = parsed(&["sluice", "--config", "mine.yaml"]);
    fill_in(&mut arguments, file.path()).expect("a configuration");
    assert_eq!(arguments.run.sources.config, [Source::File("mine.yaml".into())]);
}

/// Without the file, `--config` is asked for where it is needed, and nowhere else.
#[test]
fn without_it_a_configuration_is_asked_for() {
    let nowhere = Path::new("/no/such/file");
    for line in [&["sluice"][..], &["sluice", "doctor"], &["sluice", "locate", "--key", "x"]] {
        let error = fill_in(&mut parsed(line), nowhere).expect_err("an error");
        assert!(error.exit_code() == 2 && error.to_string().contains("--config"), "{error}");
    }
    for line in [&["sluice", "health"][..], &["sluice", "drain"], &["sluice", "components"]] {
        fill_in(&mut parsed(line), nowhere).expect("nothing is needed");
    }
    let located = ["sluice", "locate", "--endpoints", "a,b", "--key", "x"];
    fill_in(&mut parsed(&located), nowhere).expect("endpoints are enough");
}
