use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, ensure};
use sluice_otlp::Request;
use sluice_recording::Recording;

/// Bytes that are read at a time.
const READ_AHEAD: usize = 1 << 20;

/// The requests of one file.
pub(super) struct Requests {
    name: String,
    recording: Recording<Box<dyn BufRead>>,
}

impl Requests {
    /// Opens a file; `-` is the standard input.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let input: Box<dyn BufRead> = if name == "-" {
            Box::new(BufReader::with_capacity(READ_AHEAD, std::io::stdin()))
        } else {
            let file = File::open(path).with_context(|| format!("could not open {name}"))?;
            let is_folder = file.metadata().is_ok_and(|metadata| metadata.is_dir());
            ensure!(!is_folder, "{name} is a folder; --input takes files");
            Box::new(BufReader::with_capacity(READ_AHEAD, file))
        };
        Ok(Self { name, recording: Recording::new(input) })
    }

    /// The next request, `None` at the end; an error says where in which file something is wrong.
    pub(super) fn next_request(&mut self) -> anyhow::Result<Option<Request>> {
        self.recording.next_request().with_context(|| self.name.clone())
    }
}
