use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason};

use super::{FileExporter, FileFormat, FileSettings};
use crate::ExporterMetrics;

fn payload(name: &str) -> Payload {
    let scope =
        ScopeSpans { spans: vec![Span { name: name.into(), ..Span::default() }], ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    let body = ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec();
    Payload::bare(Request::scan(Signal::Traces, Bytes::from(body)).unwrap())
}

fn open(path: &Path, change: impl FnOnce(&mut FileSettings)) -> (FileExporter, Registry) {
    let mut registry = Registry::default();
    let mut settings = FileSettings::new(path);
    change(&mut settings);
    let metrics = ExporterMetrics::register(&mut registry);
    (FileExporter::open("file".into(), settings, &metrics).unwrap(), registry)
}

fn scrape(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    text
}

/// The records of a file in `proto` format.
fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (record, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        records.push(record);
        bytes = rest;
    }
    assert!(bytes.is_empty());
    records
}

/// What is acknowledged is in the file, one JSON object a line.
#[tokio::test]
async fn json_is_one_object_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json");
    let (exporter, registry) = open(&path, |_| {});
    for name in ["first", "second\nline"] {
        assert_eq!(exporter.consume(payload(name)).await, Ok(Accepted::all()));
    }
    let text = fs::read_to_string(&path).unwrap();
    let names: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|object| object["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"].clone())
        .collect();
    assert_eq!(names, ["first", "second\nline"]);
    assert!(scrape(&registry).contains(r#"sent_spans_total{exporter="file"} 2"#));
}

/// A `proto` file is read back to the bytes that came, whoever wrote at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proto_is_read_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.bin");
    let (exporter, _registry) = open(&path, |settings| settings.format = FileFormat::Proto);
    let exporter = Arc::new(exporter);
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..200 {
        let exporter = Arc::clone(&exporter);
        senders.spawn(async move { exporter.consume(payload(&format!("span {number}"))).await.unwrap() });
    }
    senders.join_all().await;
    let bytes = fs::read(&path).unwrap();
    let mut arrived: Vec<_> = records(&bytes).into_iter().map(<[u8]>::to_vec).collect();
    let mut sent: Vec<_> =
        (0..200).map(|number| payload(&format!("span {number}")).request.body().to_vec()).collect();
    arrived.sort_unstable();
    sent.sort_unstable();
    assert_eq!(arrived, sent);
}

/// A file is emptied at the start, or kept where `append` says so.
#[tokio::test]
async fn append_keeps_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json");
    for (append, lines) in [(false, 1), (true, 2), (false, 1)] {
        let (exporter, _registry) = open(&path, |settings| settings.append = append);
        exporter.consume(payload("a")).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), lines);
    }
}

/// A file that cannot be opened is an error at the start.
#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = ExporterMetrics::register(&mut Registry::default());
    assert!(FileExporter::open("file".into(), FileSettings::new(folder.path()), &metrics).is_err());
}

/// On a full disk the sender is told to try again later, and nothing is counted as sent.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_full_disk_refuses() {
    let (exporter, registry) = open(Path::new("/dev/full"), |_| {});
    let refusal = exporter.consume(payload("a")).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::Unavailable);
    assert!(refusal.message.contains("cannot be written"), "{refusal}");
    assert!(scrape(&registry).contains(r#"sent_spans_total{exporter="file"} 0"#));
}
