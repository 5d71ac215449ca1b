//! `cargo xtask run`: both tiers of the guide on loopback, from the files in config/.

use std::process::Command;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::Context;

use crate::build;
use crate::guide::{BACKEND, GATEWAY, Guide, SAMPLERS};
use crate::processes::{Process, wait_for_end};
use crate::project::{Project, execute, step};

/// A start includes compiling the plugins where nothing is cached yet.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Longer than the gateway's own bound for draining, `sluice.shutdown_timeout`, which is 30 s.
const STOP_LIMIT: Duration = Duration::from_secs(40);
/// For which samplers wait in the demo, where nobody wants to wait for the guide's 30s. Every trace is sent within a
/// moment, so this is ample.
const DEMO_DECISION_WAIT: &str = "5s";

/// What `cargo xtask run` can do beside running.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Sends traffic for a while, shows how it was spread, and ends
    #[arg(long)]
    demo: bool,
    /// How long the demo sends, in seconds
    #[arg(long, default_value_t = 10, requires = "demo")]
    seconds: u32,
    /// How long samplers wait from a trace's first span to their decision
    #[arg(long, value_name = "DURATION", default_value = "30s", conflicts_with = "demo")]
    decision_wait: String,
    /// Uses the unoptimised binary, target/debug/sluice
    #[arg(long)]
    dev: bool,
}

impl Options {
    /// What `cargo xtask test` tries at its end.
    pub(crate) fn brief_demo() -> Self {
        Self { demo: true, seconds: 3, decision_wait: String::new(), dev: true }
    }

    fn profile(&self) -> &'static str {
        if self.dev { "debug" } else { "release" }
    }

    fn decision_wait(&self) -> &str {
        if self.demo { DEMO_DECISION_WAIT } else { &self.decision_wait }
    }
}

/// Builds what is missing, starts the processes, and ends them on Ctrl-C or after the demo.
pub(crate) fn run(project: &Project, options: &Options) -> anyhow::Result<()> {
    build(project, options)?;
    let interrupted = on_interrupt()?;
    let folder = project.target().join("run");
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;

    let binary = build::binary(project, options.profile(), "sluice");
    let guide = Guide { project, binary: &binary, folder: &folder };
    let mut processes = start(&guide, options.decision_wait())?;
    explain(&guide, options.decision_wait());

    let outcome = if options.demo {
        demo(&guide, options)
    } else {
        println!("Ctrl-C ends it.");
        wait_for_end(&interrupted, &mut processes)
    };
    step("ending the gateway, the samplers, and then the backend");
    for process in &mut processes {
        process.stop(STOP_LIMIT)?;
    }
    outcome
}

fn build(project: &Project, options: &Options) -> anyhow::Result<()> {
    if options.dev {
        return build::development(project);
    }
    build::release(project)?;
    if options.demo {
        step("building the demo's generator");
        execute(&mut project.cargo(["build", "--release", "--package", "sluice-tests", "--bin", "demo"]))?;
    }
    Ok(())
}

fn on_interrupt() -> anyhow::Result<Receiver<()>> {
    let (sender, receiver) = sync_channel(1);
    ctrlc::set_handler(move || {
        // A second Ctrl-C while the first one is being served changes nothing.
        let _ = sender.try_send(());
    })?;
    Ok(receiver)
}

/// Starts them in the order in which they are ended, and waits until all of them take traffic.
fn start(guide: &Guide<'_>, decision_wait: &str) -> anyhow::Result<Vec<Process>> {
    let mut processes = vec![guide.gateway()?];
    for place in SAMPLERS {
        processes.push(guide.sampler(place, decision_wait)?);
    }
    processes.push(guide.backend()?);
    let places = [GATEWAY].into_iter().chain(SAMPLERS).chain([BACKEND]);
    for (process, place) in processes.iter_mut().zip(places) {
        process.wait_until_ready(place.health(), "/ready", START_LIMIT)?;
    }
    Ok(processes)
}

fn explain(guide: &Guide<'_>, decision_wait: &str) {
    println!();
    println!("  send OTLP/gRPC to   127.0.0.1:4317     (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317)");
    println!("  send OTLP/HTTP to   127.0.0.1:4318     (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318)");
    println!();
    println!("  {:<12}{:<17}{:<32}health, readiness", "", "OTLP/gRPC", "metrics");
    let samplers = (1..).zip(SAMPLERS).map(|(number, place)| (format!("sampler {number}"), place));
    let all = [("gateway".to_owned(), GATEWAY)].into_iter().chain(samplers);
    for (name, place) in all.chain([("backend".to_owned(), BACKEND)]) {
        let (grpc, metrics) = (place.grpc().to_string(), format!("http://{}/metrics", place.metrics()));
        println!("  {name:<12}{grpc:<17}{metrics:<32}http://{}/health, /ready", place.health());
    }
    println!();
    println!(
        "  A trace is decided {decision_wait} after its first span. Why the last ones were kept or dropped:"
    );
    for place in SAMPLERS {
        println!("    {} explain --admin {} --last 20", guide.binary.display(), place.admin());
    }
    println!();
    println!("  kept traces         {}", guide.file().display());
    println!("  logs                {}", guide.folder.join("*.log").display());
    println!();
}

fn demo(guide: &Guide<'_>, options: &Options) -> anyhow::Result<()> {
    let mut command = Command::new(build::binary(guide.project, options.profile(), "demo"));
    command.arg("--gateway").arg(GATEWAY.grpc().to_string());
    command.arg("--metrics").arg(GATEWAY.metrics().to_string());
    for place in SAMPLERS {
        command.arg("--sampler").arg(format!("{}={}", place.grpc(), place.metrics()));
    }
    command.arg("--backend").arg(guide.file());
    command.arg("--seconds").arg(options.seconds.to_string());
    execute(&mut command)
}
