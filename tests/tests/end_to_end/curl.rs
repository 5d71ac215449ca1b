//! curl as the sender: what people type first, over both versions of HTTP.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;
use serde_json::Value;
use sluice_tests::backend::Backend;
use sluice_tests::gateway::Gateway;
use sluice_tests::{config, programs, traffic, wait};

const JSON: &str = "content-type: application/json";
const PROTOBUF: &str = "content-type: application/x-protobuf";

/// What curl has shown: `200 1.1`, and the body.
async fn curl(arguments: &[&str], url: &str) -> (String, String) {
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "60",
        "--write-out",
        "\n%{http_code} %{http_version}",
    ]);
    command.args(arguments).arg(url);
    let output = programs::run(command).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, code) = shown.rsplit_once('\n').expect("two lines");
    (code.to_owned(), body.to_owned())
}

fn file(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    format!("@{}", path.display())
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("compressed");
    encoder.finish().expect("compressed")
}

/// JSON and protobuf, as they are and compressed, over HTTP/1.1 and HTTP/2 without TLS, arrive as the same data.
#[tokio::test(flavor = "multi_thread")]
async fn every_form_arrives() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let url = format!("http://{}/v1/traces", gateway.address("http"));
    let folder = tempfile::tempdir().expect("a folder");
    let request = traffic::traces(20, 3);
    let (json, protobuf) = (serde_json::to_vec(&request).expect("JSON"), request.encode_to_vec());
    let json = [file(folder.path(), "json", &json), file(folder.path(), "json.gz", &gzip(&json))];
    let protobuf = [file(folder.path(), "pb", &protobuf), file(folder.path(), "pb.gz", &gzip(&protobuf))];
    let mut sent = Vec::new();
    for (version, option) in [("1.1", "--http1.1"), ("2", "--http2-prior-knowledge")] {
        for (content_type, [plain, compressed], answer) in [(JSON, &json, "{}"), (PROTOBUF, &protobuf, "")] {
            let arguments = [option, "--header", content_type, "--data-binary"];
            let compression = ["--header", "content-encoding: gzip"];
            for arguments in
                [[&arguments[..], &[plain]].concat(), [&arguments[..], &[compressed], &compression].concat()]
            {
                let shown = curl(&arguments, &url).await;
                assert_eq!(shown, (format!("200 {version}"), answer.to_owned()), "{arguments:?}");
                sent.push(request.clone());
            }
        }
    }
    let expected = traffic::spans_of(&sent);
    wait::until("every span, eight times", || async { traffic::spans_of(&backend.traces()) == expected })
        .await;
}

/// What is wrong is shown by curl as a sentence that says where.
#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_in_words() {
    let backend = Backend::start().await;
    let yaml = config::load_balancing(&[backend.address()], "")
        .replace("      http:\n", "      http:\n        max_request_body_size: 2000000\n");
    let gateway = Gateway::start(&yaml).await;
    let (http, grpc) = (gateway.address("http"), gateway.address("receiver"));
    let url = format!("http://{http}/v1/traces");
    let folder = tempfile::tempdir().expect("a folder");
    let short = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8a"}]}]}]}"#;
    let form = "content-type: application/x-www-form-urlencoded";
    let cases: [(&[&str], &str, &str, &str); 5] = [
        (
            &["--header", JSON, "--data", short],
            &url,
            "400",
            "resourceSpans[0].scopeSpans[0].spans[0].traceId",
        ),
        (&["--data", short], &url, "415", "application/json"),
        (&["--header", form, "--data", short], &url, "415", "application/x-www-form-urlencoded"),
        (&[], &url, "405", "OTLP is sent by POST"),
        (&["--header", JSON, "--data", "{}"], &format!("http://{http}/traces"), "404", "/v1/traces"),
    ];
    for (version, option) in [("1.1", "--http1.1"), ("2", "--http2-prior-knowledge")] {
        for (arguments, url, status, words) in &cases {
            let (code, body) = curl(&[&[option], *arguments].concat(), url).await;
            assert_eq!(code, format!("{status} {version}"), "{arguments:?}: {body}");
            let told: Value = serde_json::from_str(&body).expect("JSON");
            assert!(told["message"].as_str().is_some_and(|message| message.contains(words)), "{body}");
        }
    }
    // Above a MiB, curl asks before it sends. (Over HTTP/2 it does not, and releases before 8 lose an answer that comes
    // while they send.)
    let large = file(folder.path(), "large", &vec![b' '; 3_000_000]);
    let (code, body) = curl(&["--http1.1", "--header", JSON, "--data-binary", &large], &url).await;
    assert_eq!(code, "413 1.1");
    assert!(body.contains("max_request_body_size (2000000 bytes)"), "{body}");
    let (code, body) =
        curl(&["--http1.1", "--header", JSON, "--data", "{}"], &format!("http://{grpc}/v1/traces")).await;
    assert_eq!(code, "400 1.1");
    assert!(body.contains("OTLP/HTTP has a port of its own"), "{body}");
    let (code, _) =
        curl(&["--http2-prior-knowledge", "--header", JSON, "--request", "POST"], &format!("http://{grpc}/"))
            .await;
    assert_eq!(code, "415 2");
}
