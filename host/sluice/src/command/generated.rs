//! What is made from the description of the command line: completions of shells, and the manual page.

use std::io::Write;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;

/// Prints the completions of a shell.
pub(super) fn completions(shell: Shell) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sluice", &mut text);
    print(&text)
}

/// Prints the manual page: the command, then each of its subcommands.
pub(super) fn manual() -> anyhow::Result<()> {
    let mut command = Arguments::command();
    command.build();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let page = clap_mangen::Man::new(subcommand.clone());
        writeln!(text, ".SH \"sluice {}\"", subcommand.get_name())?;
        page.render_description_section(&mut text)?;
        page.render_options_section(&mut text)?;
    }
    print(&text)
}

fn print(text: &[u8]) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(text).context("could not print")
}
