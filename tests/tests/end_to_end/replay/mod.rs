//! `sluice replay` and `sluice capture`: what a configuration makes of recorded traces, and where these come from.

mod capture;

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use opentelemetry_proto::tonic::trace::v1::ScopeSpans;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::Status;
use prost::Message;
use serde_json::Value;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::gateway::binary;
use sluice_tests::gateway::project;
use sluice_tests::traffic;
use tempfile::TempDir;

/// Policies whose votes depend on the trace alone.
const GUIDE: &str = "\
- {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
- {name: slow, type: latency, latency: {threshold_ms: 500}}
- {name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}
";

/// The commands of docs/sampling.md, which are run as they stand there.
const CAPTURE: &str =
    "sluice capture --traces 1000 --redact-all-attributes --keep service.name --output traces.bin";
const REPLAY: &str = "sluice replay --config sampler.yaml --input traces.bin --explain";
const BASELINE: &str = "sluice replay --config new.yaml --baseline sampler.yaml --input traces.bin --max-lost-traces 1% \
                        --max-kept-bytes +10%";

/// A sampler with these policies, and `more` at the top.
fn sampler(policies: &str, sampling: &str, more: &str) -> String {
    let policies: String = policies.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\n\
         processors:\n  tail_sampling:\n{sampling}    policies:\n{policies}\
         exporters: {{nop: }}\n{more}\
         service:\n  telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}\n  pipelines:\n    \
         traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [nop]}}\n"
    )
}

const CAPTURED: &str = "sluice: {admin_endpoint: '127.0.0.1:0', admin_capture: true}\n";
const SOON: &str = "    decision_wait: 600s\n    decision_wait_after_root_received: 500ms\n";

/// A folder with files, in which commands are run.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (name, content) in files {
            std::fs::write(folder.path(name), content).expect("a file");
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("a binary that starts")
    }

    /// What a command that is content prints.
    fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.stdout(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }
}

/// The arguments of a command in the docs.
fn words(command: &str) -> Vec<&str> {
    command.split_whitespace().skip(1).collect()
}

fn of_service(service: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource = Some(traffic::service(service));
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }],
    }
}

/// Requests with `traces` traces of two services each, the root last: every fifth fails, every seventh is slow.
fn requests(traces: usize) -> Vec<ExportTraceServiceRequest> {
    let ids: Vec<_> = (0..traces).map(|number| (number, traffic::trace_id())).collect();
    let cart = ids.iter().map(|(number, id)| {
        let status = (number % 5 == 0).then(|| Status { code: 2, message: "out of stock".to_owned() });
        Span { parent_span_id: vec![7; 8], status, ..traffic::span(id, "add") }
    });
    let shop = ids.iter().map(|(number, id)| {
        let span = traffic::span(id, "GET /");
        let slow = if number % 7 == 0 { 900_000_000 } else { 0 };
        Span { end_time_unix_nano: span.end_time_unix_nano + slow, ..span }
    });
    vec![of_service("cart", cart.collect()), of_service("shop", shop.collect())]
}

fn records(requests: &[ExportTraceServiceRequest]) -> Vec<u8> {
    let record = |request: &ExportTraceServiceRequest| {
        let body = request.encode_to_vec();
        [&(body.len() as u32).to_be_bytes()[..], &body].concat()
    };
    requests.iter().flat_map(record).collect()
}

fn lines(requests: &[ExportTraceServiceRequest]) -> String {
    let line = |request| serde_json::to_string(request).expect("JSON") + "\n";
    requests.iter().map(line).collect()
}

async fn send(gateway: &Gateway, requests: &[ExportTraceServiceRequest]) {
    let client = Client::connect(gateway.address("receiver")).await;
    for request in requests {
        client.send("traces", request).await.expect("an accepted request");
    }
}

/// The decisions among the rows of `explain` and `replay`: by trace, without what depends on the clock.
fn decisions(rows: &Value) -> BTreeMap<String, Vec<Value>> {
    let rows = rows.as_array().expect("a list");
    let decision = |row: &Value| {
        let said = ["decision", "policy", "spans", "bytes", "votes"].map(|key| row[key].clone());
        (row["trace_id"].as_str().expect("an id").to_owned(), said.to_vec())
    };
    rows.iter().map(decision).collect()
}

/// What the `file` exporter wrote, in either format, is replayed, and two runs print the same bytes.
#[tokio::test(flavor = "multi_thread")]
async fn two_runs_print_the_same() {
    let limited =
        format!("{GUIDE}- {{name: few, type: rate_limiting, rate_limiting: {{spans_per_second: 20}}}}\n");
    let yaml = sampler(&limited, "    num_traces: 100\n", "");
    let folder = Folder::with(&[("sampler.yaml", yaml.as_bytes())]);
    let show = |name| folder.path(name).display().to_string();
    let files = format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\nexporters:\n  file/json: {{path: '{}'}}\n  \
         file/proto: {{path: '{}', format: proto}}\nservice:\n  telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}\n  \
         pipelines: {{traces: {{receivers: [otlp], exporters: [file/json, file/proto]}}}}\n",
        show("traces.json"),
        show("traces.bin")
    );
    let gateway = Gateway::start(&files).await;
    for _ in 0..5 {
        send(&gateway, &requests(60)).await;
    }
    drop(gateway);
    for more in [&["--explain"][..], &["--explain", "--output", "json"], &[]] {
        let run = |file: &str| {
            folder.stdout(&[&["replay", "--config", "sampler.yaml", "--input", file], more].concat())
        };
        let first = run("traces.bin");
        assert_eq!(first, run("traces.bin"));
        assert_eq!(first, run("traces.json"));
        assert!(first.contains("eviction"), "{first}");
    }
}

/// Time is that of the recording: a limiter that keeps two spans a second keeps them in each of fifty seconds, though the
/// replay takes no time.
#[test]
fn limiters_go_by_recorded_time() {
    let policy = "- {name: few, type: rate_limiting, rate_limiting: {spans_per_second: 2}}\n";
    let yaml = sampler(policy, "", "");
    let at = |step: u64| {
        let spans = (0..50).map(|number| {
            let mut span = traffic::span(&traffic::trace_id(), "GET /");
            span.end_time_unix_nano += number * step;
            of_service("shop", vec![span])
        });
        records(&spans.collect::<Vec<_>>())
    };
    let folder = Folder::with(&[
        ("sampler.yaml", yaml.as_bytes()),
        ("slow.bin", &at(1_000_000_000)),
        ("fast.bin", &at(0)),
    ]);
    let kept = |file: &str| {
        let report = folder.json(&["replay", "--config", "sampler.yaml", "--input", file]);
        report["report"]["now"]["sampled"]["traces"].as_u64().expect("a number")
    };
    assert_eq!(kept("slow.bin"), 50);
    assert!((1..5).contains(&kept("fast.bin")));
}

/// A change of policies: what is lost and gained, by service and policy, and an exit status for CI.
#[test]
fn a_change_is_told_and_limited() {
    let old = sampler(GUIDE, "", "");
    let new = sampler(
        "- {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}\n\
         - {name: cart, type: ottl_condition, ottl_condition: {span: ['name == \"add\"']}, mode: shadow}\n",
        "    decision_wait: 5s\n",
        "",
    );
    let all = sampler("- {name: all, type: always_sample}\n", "", "");
    let input = records(&requests(350));
    let folder = Folder::with(&[
        ("old.yaml", old.as_bytes()),
        ("new.yaml", new.as_bytes()),
        ("all.yaml", all.as_bytes()),
        ("traces.bin", &input),
    ]);
    let compare = |new: &'static str, more: &[&'static str]| {
        let arguments = ["replay", "--config", new, "--baseline", "old.yaml", "--input", "traces.bin"];
        folder.run(&[&arguments[..], more].concat())
    };
    let json = compare("new.yaml", &["--output", "json", "--explain"]);
    assert!(json.status.success());
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let changes = &json["report"]["changes"];
    assert_eq!((&changes["compared"], &changes["gained"]["traces"]), (&350.into(), &0.into()));
    let lost = changes["lost"]["traces"].as_u64().expect("a number");
    assert!(lost >= 40, "those that are slow and did not fail");
    assert_eq!(json["decisions"].as_array().expect("a list").len() as u64, lost);
    assert_eq!(json["decisions"][0]["before"]["decision"], "sampled");
    assert_eq!(json["decisions"][0]["now"]["decision"], "not_sampled");
    assert_eq!(changes["policies"]["slow"]["lost"]["traces"], 40);
    assert_eq!(changes["services"]["shop"]["lost"]["traces"], lost);
    let bytes = |of: &Value| of["lost"]["bytes"].as_u64().expect("a number");
    let of_services = bytes(&changes["services"]["shop"]) + bytes(&changes["services"]["cart"]);
    assert_eq!(bytes(changes), of_services);

    let text = compare("new.yaml", &[]);
    let text = String::from_utf8(text.stdout).expect("text");
    let slow = text.lines().find(|line| line.starts_with("slow ")).unwrap_or_else(|| panic!("{text}"));
    assert_eq!(slow.split_whitespace().nth(1), Some("40"), "{text}");

    for (new, limits, code, words) in [
        ("new.yaml", &["--max-lost-traces", "90%"][..], 0, ""),
        ("new.yaml", &["--max-lost-traces", "5%"], 3, "exceeded: --max-lost-traces 5%"),
        ("new.yaml", &["--max-changed-traces", "5"], 3, "exceeded: --max-changed-traces 5%"),
        ("new.yaml", &["--max-kept-bytes", "0%"], 0, ""),
        ("all.yaml", &["--max-kept-bytes", "+20%"], 3, "exceeded: --max-kept-bytes 20%"),
        ("all.yaml", &["--max-lost-traces", "0%"], 0, ""),
        ("new.yaml", &["--max-lost-traces=-5%"], 2, "no share such as 5%"),
        ("missing.yaml", &["--max-lost-traces", "5%"], 1, "missing.yaml"),
    ] {
        let output = compare(new, limits);
        let said = [&output.stdout[..], &output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(code), "{new} {limits:?}: {said}");
        assert!(said.contains(words), "{new} {limits:?}: {said}");
    }
    let alone =
        folder.run(&["replay", "--config", "new.yaml", "--input", "traces.bin", "--max-lost-traces", "1%"]);
    assert_eq!(alone.status.code(), Some(2), "a limit needs a baseline");
}

/// Input that cannot be read is refused with file, place and fault, and configurations without the sampler that was asked for by
/// name.
#[test]
fn wrong_input_is_explained() {
    let yaml = sampler(GUIDE, "", "");
    let good = requests(3);
    let cut = &records(&good)[..600];
    let broken = format!("{}\n{{\"resourceSpans\": [{{\"scopeSpans\": 5}}]}}\n", lines(&good[..1]));
    let folder = Folder::with(&[
        ("sampler.yaml", yaml.as_bytes()),
        ("cut.bin", cut),
        ("broken.json", broken.as_bytes()),
        ("logs.json", b"{\"resourceLogs\":[]}\n"),
        ("text.txt", b"processors:\n"),
        ("empty", b""),
    ]);
    let gateway = project().join("config/gateway.yaml");
    let gateway = gateway.to_str().expect("Unicode");
    for (config, input, more, words) in [
        ("sampler.yaml", "cut.bin", &[][..], "cut.bin: byte 0: the record is cut off: 596 of its "),
        ("sampler.yaml", "broken.json", &[], "broken.json: line 3: malformed OTLP/JSON"),
        ("sampler.yaml", "logs.json", &[], "logs.json: line 1: no `resourceSpans`: these are logs"),
        ("sampler.yaml", "text.txt", &[], "text.txt: byte 0: neither OTLP/JSON in lines nor"),
        ("sampler.yaml", "none.bin", &[], "could not open none.bin"),
        ("sampler.yaml", ".", &[], ". is a folder"),
        (
            "sampler.yaml",
            "empty",
            &["--processor", "tail_sampling/2"],
            "no tail_sampling processor `tail_sampling/2`",
        ),
        (gateway, "empty", &[], "there is no tail_sampling processor"),
    ] {
        let output = folder.run(&[&["replay", "--config", config, "--input", input], more].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{input}: {said}");
        assert!(said.starts_with("Error: ") && said.contains(words), "{input}: {said}");
    }
    let nothing = folder.stdout(&["replay", "--config", "sampler.yaml", "--input", "empty", "--explain"]);
    assert!(nothing.contains("0 requests, 0 spans") && nothing.contains("decided by: none"), "{nothing}");
    let report = folder.json(&["replay", "--config", "sampler.yaml", "--input", "empty", "--explain"]);
    assert_eq!(report["decisions"], Value::Array(Vec::new()));
}

/// The docs say what these tests run.
#[test]
fn the_docs_have_these_commands() {
    let docs = std::fs::read_to_string(Path::new(project()).join("docs/sampling.md")).expect("the page");
    for command in [CAPTURE, REPLAY, BASELINE] {
        assert!(docs.lines().any(|line| line == command), "{command}");
    }
}
