use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::decode::{Block, Fields, Key, choice};

/// The `file` exporter.
#[derive(Clone, Debug, PartialEq)]
pub struct FileExporter {
    /// The file.
    pub path: PathBuf,
    /// What is written.
    pub format: FileFormat,
    /// What was written reaches the file after so long at the latest.
    pub flush_interval: Duration,
    /// Whether to go on in a file that is there already, rather than begin it again.
    pub append: bool,
}

/// What the `file` exporter writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// OTLP/JSON, a request a line.
    Json,
    /// OTLP's bytes, each request after its length (4 bytes, big-endian).
    Proto,
}

choice!(FileFormat: "json" => Json, "proto" => Proto);

impl Default for FileExporter {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            format: FileFormat::Json,
            flush_interval: Duration::from_secs(1),
            append: false,
        }
    }
}

const NOT_YET: &str = "comes with a later release";

impl Block for FileExporter {
    const KEYS: &'static [Key] = &[
        Key::new("path", "path", "(required)", "the file"),
        Key::new("format", "`json` or `proto`", "json", "a request a line, or after its length in 4 bytes"),
        Key::new("flush_interval", "duration", "1s", "what is written is in the file after so long"),
        Key::new("append", "true or false", "false", "go on in a file that is there already"),
        Key::refused("rotation", "let the system rotate it"),
        Key::refused("encoding", "Sluice has no encoding extensions; use `format`"),
        Key::refused("compression", NOT_YET),
        Key::refused("group_by", NOT_YET),
        Key::refused("create_directory", NOT_YET),
        Key::refused("directory_permissions", NOT_YET),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("path", &mut self.path);
        fields.read("format", &mut self.format);
        fields.read("flush_interval", &mut self.flush_interval);
        fields.read("append", &mut self.append);
        if self.path == Path::new("") {
            fields.error("path", "path must be non-empty");
        }
        if self.flush_interval.is_zero() {
            self.flush_interval = Self::default().flush_interval;
        }
    }
}
