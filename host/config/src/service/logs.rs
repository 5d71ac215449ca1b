use crate::decode::{Block, Fields, Key, Node, Read, choice, words};

/// `service::telemetry::logs`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogTelemetry {
    /// The least important lines that are written.
    pub level: LogLevel,
    /// What a line looks like.
    pub encoding: LogEncoding,
    /// Where lines go: `stdout`, `stderr` or the paths of files.
    pub output_paths: Vec<String>,
}

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// For those who look for a fault.
    Debug,
    /// What happens.
    Info,
    /// What may need attention.
    Warn,
    /// What is broken.
    Error,
}

/// What a line of the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogEncoding {
    /// For people.
    Console,
    /// For machines.
    Json,
}

words!(LogLevel: "debug" => Debug, "info" => Info, "warn" => Warn, "error" => Error);
choice!(LogEncoding: "console" => Console, "json" => Json);

/// The Collector takes `INFO` for `info`.
impl Read for LogLevel {
    fn read(&mut self, node: &Node<'_>) {
        if let Some(level) = node.one_of(Self::WORDS, str::eq_ignore_ascii_case) {
            *self = level;
        }
    }
}

impl Default for LogTelemetry {
    fn default() -> Self {
        Self {
            level: LogLevel::Info,
            encoding: LogEncoding::Console,
            output_paths: vec!["stderr".to_owned()],
        }
    }
}

impl Block for LogTelemetry {
    const KEYS: &'static [Key] = &[
        Key::new("level", "`debug`, `info`, `warn` or `error`", "info", "the least important lines"),
        Key::new("encoding", "`console` or `json`", "console", "what a line looks like"),
        Key::new("output_paths", "list of paths", "[stderr]", "`stdout`, `stderr` or files"),
        Key::inert("error_output_paths", "all lines go to output_paths"),
        Key::inert("development", "a log line is the same everywhere"),
        Key::inert("disable_caller", "no line names its place in the code"),
        Key::inert("disable_stacktrace", "no line has a stack trace"),
        Key::inert("sampling", "lines that repeat are held back, and counted, by themselves"),
        Key::refused("initial_fields", "comes with a later release"),
        Key::refused("processors", "Sluice writes its log, and does not send it"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("level", &mut self.level);
        fields.read("encoding", &mut self.encoding);
        fields.read("output_paths", &mut self.output_paths);
        if self.output_paths.is_empty() {
            fields.error("output_paths", "is empty, so the log would go nowhere; list `stderr`");
        }
    }
}
