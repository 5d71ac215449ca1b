use std::future::Future;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the process is told to end: SIGTERM, or SIGINT as Ctrl-C sends it.
///
/// # Errors
/// When the handlers cannot be installed.
pub(super) fn ending() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("could not listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("could not listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
