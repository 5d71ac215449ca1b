//! The `file` exporter: requests one after the other, as lines of OTLP/JSON or as length-prefixed protobuf.

mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};

use self::writer::{Record, Writer};
use crate::{ExporterMetrics, LaneName, Ledger};

/// `file`, with the Collector's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// Where to write to.
    pub path: PathBuf,
    /// How a request is written.
    pub format: FileFormat,
    /// Whether what the file has is kept; else it is emptied at the start.
    pub append: bool,
    /// The longest that requests are gathered into one write while more of them come; when none comes, they are
    /// written at once.
    pub flush_interval: Duration,
}

impl FileSettings {
    /// The Collector's defaults for a file.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            format: FileFormat::Json,
            append: false,
            flush_interval: Duration::from_secs(1),
        }
    }
}

/// How a request is written to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileFormat {
    /// One line of OTLP/JSON.
    #[default]
    Json,
    /// Four bytes of length, big endian, then the request as it came, byte for byte.
    Proto,
}

/// Appends requests to a file. An acknowledged request is in the file, as far as the operating system is concerned.
#[derive(Debug)]
pub struct FileExporter {
    format: FileFormat,
    writer: Writer,
    ledger: Arc<Ledger>,
}

impl FileExporter {
    /// Opens the file; `id` is the exporter's in the configuration.
    ///
    /// # Errors
    /// When the file cannot be opened, or no thread can be started to write it.
    pub fn open(id: String, settings: FileSettings, metrics: &ExporterMetrics) -> io::Result<Self> {
        let name = LaneName { exporter: id, endpoint: settings.path.display().to_string() };
        let format = settings.format;
        let ledger = Ledger::new(name, metrics);
        ledger.series().appear();
        Ok(Self { format, writer: Writer::open(&settings)?, ledger })
    }

    async fn export(&self, payload: Payload) -> Reply {
        let record = encode(self.format, &payload)?;
        let items = payload.items() as u64;
        match self.writer.write(record).await {
            Ok(()) => {
                self.ledger.answered(payload.signal(), items, &Accepted::all());
                Ok(Accepted::all())
            }
            Err(error) => {
                self.ledger.refused(items, error.to_string());
                Err(Refusal::new(Reason::Unavailable, format!("the file cannot be written: {error}")))
            }
        }
    }
}

impl Consumer for FileExporter {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.export(payload).boxed()
    }
}

fn encode(format: FileFormat, payload: &Payload) -> Result<Record, Refusal> {
    let body = payload.request.body();
    match format {
        FileFormat::Json => {
            let line = sluice_json::encode(payload.signal(), body).map_err(|error| {
                Refusal::new(Reason::Malformed, format!("the request cannot be read: {error}"))
            })?;
            Ok([line.into(), Bytes::from_static(b"\n")])
        }
        FileFormat::Proto => {
            let length = u32::try_from(body.len())
                .map_err(|_| Refusal::new(Reason::TooLarge, "a record of a file has less than 4 GiB"))?;
            Ok([Bytes::copy_from_slice(&length.to_be_bytes()), body.clone()])
        }
    }
}

#[cfg(test)]
mod tests;
