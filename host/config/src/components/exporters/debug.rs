use crate::decode::{Block, Fields, Key, choice};

/// The `debug` exporter.
#[derive(Clone, Debug, PartialEq)]
pub struct DebugExporter {
    /// How much is written.
    pub verbosity: Verbosity,
}

/// How much the `debug` exporter writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// A line for each request, with how much is in it.
    Basic,
    /// A line for each item too.
    Normal,
    /// The same with ids.
    Detailed,
}

choice!(Verbosity: "basic" => Basic, "normal" => Normal, "detailed" => Detailed);

impl Default for DebugExporter {
    fn default() -> Self {
        Self { verbosity: Verbosity::Basic }
    }
}

impl Block for DebugExporter {
    const KEYS: &'static [Key] = &[
        Key::new("verbosity", "`basic`, `normal` or `detailed`", "basic", "how much is written"),
        Key::inert("sampling_initial", "every request is told of"),
        Key::inert("sampling_thereafter", "every request is told of"),
        Key::inert("use_internal_logger", "it writes to the log"),
        Key::refused("output_paths", "it writes to the log; see `service::telemetry::logs::output_paths`"),
        Key::refused("sending_queue", "it writes at once"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("verbosity", &mut self.verbosity);
    }
}
