use sluice_otlp::Signal;

use crate::rejection::{Cause, Rejection};
use crate::settings::HttpSettings;

/// Which path takes which signal.
#[derive(Debug)]
pub(super) struct Routes([(String, Signal); 3]);

/// Where profiles would go: the path of the specification, and the one in the Collector's documentation.
const PROFILES: [&str; 2] = ["/v1development/profiles", "/v1/profiles"];

impl Routes {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self([
            (absolute(&settings.traces_url_path), Signal::Traces),
            (absolute(&settings.logs_url_path), Signal::Logs),
            (absolute(&settings.metrics_url_path), Signal::Metrics),
        ])
    }

    /// The signal that a path takes.
    pub(super) fn signal_of(&self, path: &str) -> Result<Signal, Rejection> {
        let Self(routes) = self;
        if let Some((_, signal)) = routes.iter().find(|(route, _)| route == path) {
            return Ok(*signal);
        }
        if PROFILES.contains(&path) {
            return Err(Rejection::new(Cause::NoPipeline, "profiles are not supported"));
        }
        let known: Vec<&str> = routes.iter().map(|(route, _)| route.as_str()).collect();
        let message = format!("nothing is served at {path}; there are {}", known.join(", "));
        Err(Rejection::new(Cause::UnknownPath, message))
    }
}

/// The Collector takes a path without its first slash.
fn absolute(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}
