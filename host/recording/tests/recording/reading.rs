//! Files in both formats, and what is wrong with others.

use std::io::{self, BufRead, Read};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use sluice_otlp::Signal;
use sluice_recording::{MAX_RECORD, Recording, frame};

fn request(name: &str) -> Vec<u8> {
    let span = Span { trace_id: vec![1; 16], span_id: vec![2; 8], name: name.to_owned(), ..Span::default() };
    let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn line(name: &str) -> String {
    String::from_utf8(sluice_json::encode(Signal::Traces, &request(name)).expect("JSON")).expect("text")
}

/// What is in a file, and what is wrong with it after that.
fn read(file: &[u8]) -> (Vec<Vec<u8>>, Option<String>) {
    let mut recording = Recording::new(file);
    let mut requests = Vec::new();
    loop {
        match recording.next_request() {
            Ok(Some(request)) => requests.push(request.body().to_vec()),
            Ok(None) => return (requests, None),
            Err(error) => return (requests, Some(error.to_string())),
        }
    }
}

/// Guarantees: length-prefixed protobuf is read byte for byte, and empty requests are no end.
#[test]
fn records_are_read() {
    let bodies = [request("a"), Vec::new(), request("b")];
    let file: Vec<u8> = bodies.iter().flat_map(|body| frame(body).expect("short")).collect();
    assert_eq!(read(&file), (bodies.to_vec(), None));
    assert_eq!(read(&[]), (Vec::new(), None));
}

/// Guarantees: lines of JSON are read, with either end of line, empty lines, a mark at the start, or no end of line at the end.
#[test]
fn lines_are_read() {
    let file = format!("\u{feff}{}\r\n\n  {}\n{{}}\n{}", line("a"), line("b"), line("c"));
    let expected = vec![request("a"), request("b"), Vec::new(), request("c")];
    assert_eq!(read(file.as_bytes()), (expected, None));
}

/// Guarantees: whoever reads a file that is wrong is told where, and what; what came before is read.
#[test]
fn faults_have_a_place() {
    let good = frame(&request("a")).expect("short");
    let with = |more: &[u8]| [&good[..], more].concat();
    let next = format!("byte {}: ", good.len());
    let lines = |more: &str| format!("{}\n\n{more}\n", line("a")).into_bytes();
    let logs = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs {
                log_records: vec![LogRecord { time_unix_nano: 1, ..LogRecord::default() }],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    };
    let logs = frame(&logs.encode_to_vec()).expect("short");
    let too_long = ((MAX_RECORD + 1) as u32).to_be_bytes();
    for (file, place, words) in [
        (with(&[0, 0]), &next[..], "cut off: 2 of its 4 bytes"),
        (with(&[0, 0, 0, 9, 1]), &next, "cut off: 1 of its 9 bytes"),
        (with(&too_long), &next, "more than 134217728 bytes"),
        (with(&[0, 0, 0, 2, 0x0a, 9]), &next, "no request for traces: "),
        (with(&logs), &next, "no request for traces: "),
        (with(&[0, 0, 0, 5, 0x28, 0xb5, 0x2f, 0xfd, 0]), &next, "compression: zstd"),
        (b"receivers:\n".to_vec(), "byte 0: ", "neither OTLP/JSON"),
        (lines("{\"resourceSpans\":[{]}"), "line 3: ", "malformed OTLP/JSON"),
        (
            lines("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0\"}]}]}]}"),
            "line 3: ",
            "traceId",
        ),
        (lines("{\"resourceLogs\":[]}"), "line 3: ", "these are logs"),
        (lines("{\"resourceMetrics\":[]}"), "line 3: ", "these are metrics"),
        (lines("{\"body\":\"\\u0000\"}"), "line 3: ", "its first key is `body`"),
        (b"{\n  \"resourceSpans\": []\n}\n".to_vec(), "line 1: ", "goes on in the next line"),
        (lines("[]"), "line 3: ", "an object"),
    ] {
        let (_, error) = read(&file);
        let error = error.unwrap_or_else(|| panic!("{words}: must be refused"));
        assert!(error.starts_with(place) && error.contains(words), "{words}: {error}");
    }
    assert_eq!(read(&with(&[0])).0, [request("a")]);
}

/// A file without an end.
struct Endless;

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        Ok(buffer.len())
    }
}

/// Guarantees: a line without an end is refused, not held.
#[test]
fn a_line_has_an_end() {
    let mut recording = Recording::new(io::BufReader::new(Endless));
    let error = recording.next_request().expect_err("must be refused");
    assert!(error.to_string().contains("more than 134217728 bytes"), "{error}");
}

/// Guarantees: what the system says is passed on.
#[test]
fn a_file_that_cannot_be_read_says_so() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("worn out"))
        }
    }
    impl BufRead for Broken {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            Err(io::Error::other("worn out"))
        }
        fn consume(&mut self, _: usize) {}
    }
    let error = Recording::new(Broken).next_request().expect_err("must be refused");
    assert_eq!(error.to_string(), "byte 0: cannot be read: worn out");
}
