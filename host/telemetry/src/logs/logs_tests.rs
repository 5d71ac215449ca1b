use std::fs;

use tempfile::TempDir;
use tracing::subscriber::with_default;

use super::outputs::Outputs;
use super::{Encoding, Level, LogError, LogSettings, subscriber};

/// What `events` leaves in a log file of these settings.
fn logged(mut settings: LogSettings, events: impl FnOnce()) -> String {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("log").to_string_lossy().into_owned();
    settings.output_paths = vec![path.clone()];
    let outputs = Outputs::open(&settings.output_paths).expect("opened");
    with_default(subscriber(&settings, outputs).expect("a good filter"), events);
    fs::read_to_string(path).expect("a log")
}

fn console() -> LogSettings {
    LogSettings::default()
}

fn json() -> LogSettings {
    LogSettings { encoding: Encoding::Json, ..LogSettings::default() }
}

/// A console line has the Collector's columns: time, level, message, fields.
#[test]
fn a_console_line_has_the_collectors_columns() {
    let log = logged(console(), || {
        tracing::info!(resolver = "dns", count = 3, "backend {} added", "10.0.0.1:4317")
    });
    let columns: Vec<&str> = log.trim_end().split('\t').collect();
    assert_eq!(columns[1..], ["info", "backend 10.0.0.1:4317 added", r#"{"resolver":"dns","count":3}"#]);
    assert!(columns[0].starts_with("20") && columns[0].ends_with('Z'), "{log}");
}

/// A JSON line has the Collector's keys, and its own keys cannot be replaced by fields.
#[test]
fn a_json_line_has_the_collectors_keys() {
    let log = logged(json(), || tracing::warn!(level = "fake", ratio = f64::NAN, ok = true, "a \"message\""));
    let line: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    assert_eq!(line["level"], "warn");
    assert_eq!(line["msg"], "a \"message\"");
    assert_eq!(line["ok"], true);
    assert_eq!(line["ratio"], "NaN");
    assert_eq!(line["caller"], module_path!());
    assert!(line["ts"].is_string());
}

/// A message from outside can neither begin a line nor send commands to a terminal.
#[test]
fn an_event_is_one_line_whatever_it_says() {
    let evil = "x\n2026\tinfo\tfake\u{1b}[31m\u{9b}2J";
    for settings in [console(), json()] {
        let log = logged(settings, || tracing::error!(from = evil, other = ?evil, "{evil}"));
        assert_eq!(log.matches('\n').count(), 1, "{log:?}");
        assert!(!log.trim_end().contains(|c: char| c.is_control() && c != '\t'), "{log:?}");
        assert_eq!(log.matches("\tfake").count(), 0, "{log:?}");
    }
}

/// Levels below the configured one are left out, and a filter takes the level's place.
#[test]
fn levels_and_filters_choose() {
    let events = || {
        tracing::debug!("d");
        tracing::info!("i");
        tracing::warn!("w");
        tracing::error!("e");
        tracing::debug!(target: "h2::codec", "frame");
    };
    let lines = |settings| logged(settings, events).lines().count();
    assert_eq!(lines(LogSettings { level: Level::Warn, ..console() }), 2);
    assert_eq!(lines(console()), 3);
    assert_eq!(lines(LogSettings { level: Level::Debug, ..console() }), 4, "not the frames of h2");
    assert_eq!(lines(LogSettings { filter: Some("h2=debug".to_owned()), ..console() }), 1);
}

/// Several outputs get every line, and a file is appended to.
#[test]
fn every_output_gets_every_line() {
    let directory = TempDir::new().expect("a directory");
    let paths: Vec<String> =
        ["a", "b"].iter().map(|name| directory.path().join(name).to_string_lossy().into_owned()).collect();
    for _ in 0..2 {
        let outputs = Outputs::open(&paths).expect("opened");
        with_default(subscriber(&console(), outputs).expect("a filter"), || tracing::info!("here"));
    }
    for path in &paths {
        assert_eq!(fs::read_to_string(path).expect("a log").lines().count(), 2);
    }
}

/// An output that cannot be opened, and a filter that cannot be read, are named.
#[test]
fn mistakes_are_named() {
    let error = Outputs::open(&["/nowhere/at/all".to_owned()]).expect_err("no such directory");
    assert!(matches!(&error, LogError::Open { path, .. } if path == "/nowhere/at/all"), "{error}");
    let settings = LogSettings { filter: Some("a=b=c".to_owned()), ..console() };
    let outputs = Outputs::open(&[]).expect("nothing to open");
    let Err(error) = subscriber(&settings, outputs) else { panic!("not a filter") };
    assert!(error.to_string().starts_with("SLUICE_LOG is not a list"), "{error}");
}

/// Names of levels are read as the Collector reads them; others are answered with those that there are.
#[test]
fn names_are_read_as_the_collector_reads_them() {
    assert_eq!("INFO".parse(), Ok(Level::Info));
    assert_eq!("json".parse(), Ok(Encoding::Json));
    let error = "verbose".parse::<Level>().expect_err("no level");
    assert_eq!(error.to_string(), "one of debug, info, warn, error is wanted");
    assert!("yaml".parse::<Encoding>().is_err());
}
