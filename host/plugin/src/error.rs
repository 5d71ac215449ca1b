use std::io;
use std::path::PathBuf;

use sluice_otlp::Signal;
use thiserror::Error;

use crate::instance::Failure;
use crate::load::Kind;

/// Why the plugin host cannot start.
#[derive(Debug, Error)]
pub enum HostError {
    /// The engine cannot be set up on this machine.
    #[error("the WebAssembly engine cannot start: {0}")]
    Engine(String),
    /// A thread could not be started.
    #[error("a thread of the plugin host cannot start: {0}")]
    Thread(#[source] io::Error),
    /// A plugin directory that the configuration names cannot be read.
    #[error("the plugin directory {} cannot be read: {source}", path.display())]
    Directory {
        /// As configured.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Why a plugin cannot be used.
#[derive(Debug, Error)]
#[error("plugin `{plugin}`: {fault}")]
pub struct LoadError {
    /// The plugin's name.
    pub plugin: String,
    /// What is wrong.
    #[source]
    pub fault: LoadFault,
}

/// What is wrong with a plugin, in words for who configures or writes it.
#[derive(Debug, Error)]
pub enum LoadFault {
    /// Nobody brought a plugin of that name.
    #[error(
        "there is no such plugin; there are {known}. A file of that name with `.wasm` added, in a plugin directory, makes one"
    )]
    Unknown {
        /// The names that there are.
        known: String,
    },
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than the limit.
    #[error("the file has more than the {max} bytes that a plugin may have")]
    TooLarge {
        /// The limit in bytes.
        max: u64,
    },
    /// The bytes do not begin as WebAssembly does.
    #[error("the file is not WebAssembly in binary form")]
    NotWasm,
    /// A core module that says nothing of the contract.
    #[error(
        "it is a core module without component-type metadata; build it with the plugin SDK or with wit-bindgen, as a `cdylib`"
    )]
    NoComponentType,
    /// A core module that cannot be made a component.
    #[error("the core module cannot be wrapped as a component: {0}")]
    Wrap(String),
    /// It does not compile.
    #[error("it does not compile: {0}")]
    Compile(String),
    /// It asks for something that plugins do not get.
    #[error("it imports {import}: {advice}")]
    Import {
        /// As the plugin names it.
        import: String,
        /// Why not, and what to do.
        advice: String,
    },
    /// It does not offer what a plugin offers.
    #[error("{0}")]
    Export(String),
    /// It is something else than what it is asked for as.
    #[error("it is a {is}, and cannot be a {wanted}")]
    Kind {
        /// What it is.
        is: Kind,
        /// What was asked for.
        wanted: Kind,
    },
    /// A call of `describe` failed.
    #[error("`describe` failed: {0}")]
    Describe(#[source] Failure),
    /// A call of `configure` failed.
    #[error("`configure` failed: {0}")]
    Configure(#[source] Failure),
    /// The plugin refused its settings, or the signal.
    #[error("it refuses its settings for {signal}: {reason}")]
    Refused {
        /// What was to be routed.
        signal: Signal,
        /// The plugin's words.
        reason: String,
    },
    /// The plan breaks the contract.
    #[error("its plan for {signal} cannot be followed: {reason}")]
    Plan {
        /// What was to be routed.
        signal: Signal,
        /// Which rule it breaks.
        reason: String,
    },
    /// It failed on a small batch that the host made up.
    #[error("the self-check for {signal} failed: {failure}")]
    SelfCheck {
        /// What was to be routed.
        signal: Signal,
        /// How it failed.
        #[source]
        failure: Failure,
    },
}

impl LoadFault {
    /// The fault with the plugin's name.
    pub(crate) fn of(self, plugin: &str) -> LoadError {
        LoadError { plugin: plugin.to_owned(), fault: self }
    }
}
