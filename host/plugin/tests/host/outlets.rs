//! What plugins say to the outside.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use sluice_otlp::Signal;
use sluice_plugin::OnError;
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{Fixture, patient};
use crate::requests::spans;

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Guarantees: a flood of long lines from a plugin comes out as a few short ones under its name.
#[test]
fn a_flood_of_log_lines_is_held_back() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, || {
        let fixture = Fixture::new(patient(), &["hostile"]);
        let settings = json!({ "behaviour": "log-flood", "when": "poisoned", "amount": 500 });
        let key = fixture.try_key("hostile", Signal::Traces, settings, OnError::Fallback).unwrap();
        assert_eq!(key.keys(&spans(1, &[0]), 1).rejected, 0);
    });
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let flood: Vec<_> = log.lines().filter(|line| line.contains("hostile hostile")).collect();
    assert!((20..400).contains(&flood.len()), "{} lines", flood.len());
    assert!(flood.iter().all(|line| line.len() < 1400 && line.contains("plugin=\"hostile\"")));
}

/// Guarantees: a plugin's counters are exposed under its name, and cannot fill the metrics store.
#[test]
fn a_flood_of_counters_is_held_back() {
    let fixture = Fixture::new(patient(), &["hostile"]);
    let settings = json!({ "behaviour": "counter-flood", "when": "poisoned", "amount": 500 });
    let key = fixture.try_key("hostile", Signal::Traces, settings, OnError::Fallback).unwrap();
    let _ = key.keys(&spans(1, &[0]), 1);
    let counter = |number: usize| {
        format!("sluice_plugin_counter_total{{plugin=\"hostile\",counter=\"hostile_{number}\"}}")
    };
    assert_eq!((0..500).filter(|&number| fixture.metric(&counter(number)) == 1).count(), 64);
}
