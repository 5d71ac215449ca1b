//! `sluice config`: the configuration in effect.

use std::io::Write;

use anyhow::Context;
use sluice_config::Config;

use super::arguments::ConfigOptions;
use super::run::{unusable, variable};

/// Prints the configuration as it is after merging, with references replaced and secrets hidden.
pub(super) fn print(options: &ConfigOptions) -> anyhow::Result<()> {
    let checked = Config::check(&options.sources.all(), &variable);
    let Some(effective) = checked.effective() else { return Err(unusable(&checked.findings)) };
    std::io::stdout().lock().write_all(effective.as_bytes()).context("could not print")
}
