use std::str::FromStr;

/// The environment variable with a filter of its own, for debugging: `sluice_routing=debug,h2=trace`.
pub const FILTER_VARIABLE: &str = "SLUICE_LOG";

/// Crates that tell every frame and packet at debug level; there they are kept at info.
const CHATTY: &[&str] = &[
    "h2",
    "hyper",
    "hyper_util",
    "tower",
    "rustls",
    "hickory_proto",
    "hickory_resolver",
    "wasmtime",
    "cranelift",
];

/// Crates that warn of every attempt that fails, over and over; the resolver that uses them tells it once. Below debug
/// they are kept at error.
const COMPLAINING: &[&str] = &["aws_config", "aws_runtime", "aws_smithy_http_client", "aws_smithy_runtime"];

/// Crates that tell every failure, at the level of an error, with all that came: who uses them tells what it means, once.
const TOLD_BY_OTHERS: &[&str] = &["kube_client", "kube_runtime"];

/// `service.telemetry.logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The least important level that is written.
    pub level: Level,
    /// How a line looks.
    pub encoding: Encoding,
    /// `stdout`, `stderr`, or files, which are appended to.
    pub output_paths: Vec<String>,
    /// Instead of the level: what [`FILTER_VARIABLE`] says.
    pub filter: Option<String>,
}

/// How important an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For those who look for a bug.
    Debug,
    /// What happens.
    Info,
    /// What may need somebody's attention.
    Warn,
    /// What is broken.
    Error,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// For people: values apart by tabs.
    Console,
    /// For machines: one JSON object a line.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: Level::Info,
            encoding: Encoding::Console,
            output_paths: vec!["stderr".to_owned()],
            filter: None,
        }
    }
}

impl LogSettings {
    /// The level as a filter.
    pub(super) fn directives(&self) -> String {
        let mut directives = self.level.as_str().to_owned();
        let (crates, level) = match self.level {
            Level::Debug => ([CHATTY, COMPLAINING].concat(), "info"),
            Level::Info | Level::Warn | Level::Error => (COMPLAINING.to_vec(), "error"),
        };
        for name in crates {
            directives.push_str(&format!(",{name}={level}"));
        }
        for name in TOLD_BY_OTHERS {
            directives.push_str(&format!(",{name}=off"));
        }
        directives
    }
}

impl Level {
    /// The name in a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A text that is no name of a level or an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of {} is wanted", expected.join(", "))]
pub struct UnknownName {
    /// The names that there are.
    pub expected: &'static [&'static str],
}

impl FromStr for Level {
    type Err = UnknownName;

    /// As the Collector does, in any case of letters.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let levels = [Self::Debug, Self::Info, Self::Warn, Self::Error];
        let found = levels.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text));
        found.ok_or(UnknownName { expected: &["debug", "info", "warn", "error"] })
    }
}

impl FromStr for Encoding {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "console" => Ok(Self::Console),
            "json" => Ok(Self::Json),
            _ => Err(UnknownName { expected: &["console", "json"] }),
        }
    }
}
