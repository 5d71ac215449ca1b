//! The gateway's own log: one line an event, in the shape of the Collector's.
//!
//! `console`: time, level, message and the fields as JSON, apart by tabs. `json`: one object a line, with
//! `level`, `ts`, `caller`, `msg` and the fields. Whatever a client or a backend put into a message or a
//! field, an event stays one line, and no control character reaches a terminal.

mod escape;
mod fields;
mod line;
mod outputs;
mod settings;

use thiserror::Error;
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use line::Line;
use outputs::Outputs;
pub use settings::{Encoding, FILTER_VARIABLE, Level, LogSettings, UnknownName};

/// Why there is no log.
#[derive(Debug, Error)]
pub enum LogError {
    /// A file of `output_paths` cannot be opened.
    #[error("cannot write logs to {path}: {source}")]
    Open {
        /// The file.
        path: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The filter is not one.
    #[error("{FILTER_VARIABLE} is not a list of target=level: {0}")]
    Filter(#[from] ParseError),
    /// Something in this process logs already.
    #[error("logging is already set up: {0}")]
    AlreadySet(#[from] TryInitError),
}

/// Sets up logging for the process. Call it once, early.
///
/// # Errors
/// When an output cannot be opened, the filter cannot be read, or it was called before.
pub fn init(settings: &LogSettings) -> Result<(), LogError> {
    let outputs = Outputs::open(&settings.output_paths)?;
    subscriber(settings, outputs)?.try_init()?;
    Ok(())
}

fn subscriber(
    settings: &LogSettings,
    outputs: Outputs,
) -> Result<impl tracing::Subscriber + Send + Sync + 'static, LogError> {
    let filter = match &settings.filter {
        Some(directives) => EnvFilter::try_new(directives)?,
        None => EnvFilter::try_new(settings.directives())?,
    };
    let lines = fmt::layer()
        .event_format(Line::new(settings.encoding))
        // A line that cannot be written is lost; complaining about it to stderr would help nobody.
        .log_internal_errors(false)
        .with_writer(outputs);
    Ok(tracing_subscriber::registry().with(filter).with(lines))
}

#[cfg(test)]
#[path = "logs_tests.rs"]
mod tests;
