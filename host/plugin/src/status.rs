use blake3::Hash;

use crate::{Kind, Source};

/// What there is to know of a plugin, for people and for admin pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginStatus {
    /// The name that a configuration uses.
    pub name: String,
    /// What is in use; `None` for one that nobody asked for yet, or that never loaded.
    pub loaded: Option<LoadedPlugin>,
    /// Why the last attempt to load it failed, until one succeeds.
    pub last_error: Option<String>,
}

/// A plugin that is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedPlugin {
    /// What it is for.
    pub kind: Kind,
    /// Its own version.
    pub version: String,
    /// Its own words on what it does.
    pub summary: String,
    /// Which load it is, from 1; `sluice_plugin_epoch`.
    pub epoch: u64,
    /// Where it came from.
    pub source: Source,
    /// The version of the contract that it was built for.
    pub contract: &'static str,
    /// BLAKE3 of the `.wasm` file.
    pub hash: Hash,
}
