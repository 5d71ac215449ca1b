//! `sluice capture`, and that a replay of what it took decides as the sampler did.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Child;
use std::process::Stdio;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use sluice_tests::gateway::Gateway;
use sluice_tests::traffic;
use sluice_tests::wait;

use super::{
    BASELINE, CAPTURE, CAPTURED, Folder, GUIDE, REPLAY, SOON, decisions, requests, sampler, send, words,
};

/// A capture that runs beside the test; it is killed when dropped.
struct Capturing(Child);

impl Capturing {
    /// Starts it, and waits until the gateway has begun.
    async fn start(folder: &Folder, gateway: &Gateway, arguments: &[&str]) -> Self {
        let admin = gateway.address("admin").to_string();
        let begun = |gateway: &Gateway| {
            gateway.log().iter().filter(|line| line.contains("traces are captured")).count()
        };
        let before = begun(gateway);
        let child = folder
            .command(&[arguments, &["--admin", &admin]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a binary that starts");
        let mut capturing = Self(child);
        wait::until("the capture to begin", || {
            let ended = capturing.0.try_wait().expect("a child process");
            assert!(ended.is_none(), "it ended: {:?}", capturing.words());
            let has_begun = begun(gateway) > before;
            async move { has_begun }
        })
        .await;
        capturing
    }

    /// Waits until it has ended well; answers with what it said.
    async fn end(mut self) -> String {
        let mut status = None;
        wait::until("the capture to end", || {
            status = self.0.try_wait().expect("a child process");
            let ended = status.is_some();
            async move { ended }
        })
        .await;
        let words = self.words();
        assert!(status.is_some_and(|status| status.success()), "{words}");
        words
    }

    fn words(&mut self) -> String {
        let mut words = String::new();
        if let Some(mut stderr) = self.0.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut words).expect("text");
        }
        words
    }
}

impl Drop for Capturing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a running sampler captured is decided by a replay as it was in life: the same votes with the same reasons, whatever
/// became of the trace.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_captured_is_decided_as_it_was() {
    let yaml = sampler(GUIDE, SOON, CAPTURED);
    let gateway = Gateway::start(&yaml).await;
    let folder = Folder::with(&[("sampler.yaml", yaml.as_bytes())]);
    let capture = ["capture", "--traces", "200", "--output", "traces.bin"];
    let capturing = Capturing::start(&folder, &gateway, &capture).await;
    let sent = requests(200);
    send(&gateway, &sent).await;
    assert!(capturing.end().await.contains("200 traces, "));

    let admin = gateway.address("admin").to_string();
    let explain = ["explain", "--admin", &admin, "--last", "1000", "--output", "json"];
    let mut live = BTreeMap::new();
    wait::until("all decisions", || {
        live = decisions(&serde_json::from_str(&folder.stdout(&explain)).expect("JSON"));
        let count = live.len();
        async move { count == 200 }
    })
    .await;
    let replayed = folder.json(&words(REPLAY));
    assert_eq!(decisions(&replayed["decisions"]), live);
    let tally = &replayed["report"]["now"];
    let kept = live.values().filter(|said| said[0] == "sampled").count();
    assert_eq!(tally["sampled"]["traces"], kept);
    assert!((63..200).contains(&kept), "40 fail, 29 are slow, 6 are both: {kept}");
    let traces = std::fs::read(folder.path("traces.bin")).expect("a file");
    assert!(
        unframed(&traces)
            .iter()
            .all(|request| traffic::trace_ids_of(std::slice::from_ref(request)).len() == 1)
    );
    assert_eq!(traffic::spans_of(&unframed(&traces)), traffic::spans_of(&sent), "byte for byte, each once");
}

fn unframed(mut file: &[u8]) -> Vec<ExportTraceServiceRequest> {
    let mut requests = Vec::new();
    while let Some((length, rest)) = file.split_first_chunk() {
        let (body, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        requests.push(ExportTraceServiceRequest::decode(body).expect("a request"));
        file = rest;
    }
    requests
}

/// The commands of the docs: values are redacted before they leave the gateway, and what was captured so can be replayed, also
/// against another configuration.
#[tokio::test(flavor = "multi_thread")]
async fn redacted_values_do_not_leave() {
    let gateway = Gateway::start(&sampler(GUIDE, SOON, CAPTURED)).await;
    let sampler_yaml = sampler(GUIDE, "", "");
    let new = sampler(GUIDE, "    decision_wait: 10s\n", "");
    let folder = Folder::with(&[("sampler.yaml", sampler_yaml.as_bytes()), ("new.yaml", new.as_bytes())]);
    let capturing = Capturing::start(&folder, &gateway, &words(CAPTURE)).await;
    send(&gateway, &requests(1000)).await;
    capturing.end().await;
    let traces = std::fs::read(folder.path("traces.bin")).expect("a file");
    let contains = |text: &str| traces.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!contains("a value of some length") && !contains("out of stock"));
    assert!(contains("attribute.3") && contains("[REDACTED]") && contains("shop"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path("traces.bin")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "span data is for its owner");
    }
    let text = folder.stdout(&words(REPLAY));
    assert!(text.contains("sampled by errors; 2 spans, "), "{text}");
    assert!(folder.stdout(&words(BASELINE)).contains("0.00 % of 1000 traces change"));

    let again =
        folder.run(&[&words(CAPTURE)[..], &["--admin", &gateway.address("admin").to_string()]].concat());
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("traces.bin is there already"), "nothing is written over: {said}");

    let some =
        ["capture", "--traces", "10", "--output", "some.bin", "--redact", "attribute.3", "status.message"];
    let capturing = Capturing::start(&folder, &gateway, &some).await;
    send(&gateway, &requests(10)).await;
    capturing.end().await;
    let requests = unframed(&std::fs::read(folder.path("some.bin")).expect("a file"));
    let shown = format!("{requests:?}");
    let count = |text: &str| shown.matches(text).count();
    assert_eq!((count("out of stock"), count("[REDACTED]")), (0, 20 + 2));
    assert_eq!(count("a value of some length"), 20 * 7);
}

/// Traces leave only where that is allowed, to one at a time; one who goes away makes room for the next.
#[tokio::test(flavor = "multi_thread")]
async fn captures_are_refused_in_words() {
    let folder = Folder::with(&[]);
    let refused = |admin: SocketAddr, more: &[&str]| {
        let admin = admin.to_string();
        let arguments =
            [&["capture", "--traces", "5", "--output", "none.bin", "--admin", &admin], more].concat();
        let output = folder.run(&arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(!folder.path("none.bin").exists());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let closed = Gateway::start(&sampler(GUIDE, SOON, "sluice: {admin_endpoint: '127.0.0.1:0'}\n")).await;
    let words = refused(closed.address("admin"), &[]);
    assert!(words.contains("admin_capture: true"), "{words}");
    assert!(refused(([127, 0, 0, 1], 1).into(), &[]).contains("nobody answers at 127.0.0.1:1"));

    let open = Gateway::start(&sampler(GUIDE, SOON, CAPTURED)).await;
    let admin = open.address("admin");
    assert!(refused(admin, &["--seconds", "601"]).contains("no number from 1 to 600"));
    let words = refused(admin, &["--processor", "other"]);
    assert!(words.contains("there is no sampler `other`: tail_sampling"), "{words}");
    let first = Capturing::start(&folder, &open, &["capture", "--traces", "5", "--output", "a.bin"]).await;
    let words = refused(admin, &[]);
    assert!(words.contains("another capture is under way"), "{words}");
    drop(first);
    open.wait_for_log("the capture of traces has ended").await;
    let next = Capturing::start(&folder, &open, &["capture", "--traces", "5", "--output", "b.bin"]).await;
    send(&open, &requests(5)).await;
    next.end().await;
    let output = folder.run(&[
        "capture",
        "--traces",
        "5",
        "--seconds",
        "1",
        "--output",
        "c.bin",
        "--admin",
        &admin.to_string(),
    ]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("no trace was decided within 1 s"), "{words}");
}
