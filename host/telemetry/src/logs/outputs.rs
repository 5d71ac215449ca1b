use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Arc;

use tracing_subscriber::fmt::MakeWriter;

use super::LogError;

/// Where lines go: all of them to each output.
#[derive(Clone, Debug)]
pub(super) struct Outputs {
    all: Arc<[Output]>,
}

#[derive(Debug)]
enum Output {
    Stdout,
    Stderr,
    /// Opened for appending: a line is one write, so lines of several processes do not mix.
    File(File),
}

impl Outputs {
    pub(super) fn open(paths: &[String]) -> Result<Self, LogError> {
        let all: Result<Vec<Output>, LogError> = paths.iter().map(|path| Output::open(path)).collect();
        Ok(Self { all: all?.into() })
    }
}

impl Output {
    fn open(path: &str) -> Result<Self, LogError> {
        match path {
            "stdout" => Ok(Self::Stdout),
            "stderr" => Ok(Self::Stderr),
            _ => match OpenOptions::new().create(true).append(true).open(path) {
                Ok(file) => Ok(Self::File(file)),
                Err(source) => Err(LogError::Open { path: path.to_owned(), source }),
            },
        }
    }

    fn write_line(&self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => io::stdout().lock().write_all(line),
            Self::Stderr => io::stderr().lock().write_all(line),
            Self::File(file) => (&*file).write_all(line),
        }
    }
}

impl<'a> MakeWriter<'a> for Outputs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Outputs {
    /// Called with a whole line at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut outcome = Ok(line.len());
        for output in self.all.iter() {
            // One output that fails (a full disk) must not silence the others.
            if let Err(error) = output.write_line(line) {
                outcome = Err(error);
            }
        }
        outcome
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
