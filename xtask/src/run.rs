//! `cargo xtask run`: the two tiers on loopback, from the files in config/.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::Context;

use crate::build;
use crate::processes::{Process, wait_for_end};
use crate::project::{Project, execute, step};

/// How many backends there are, as config/gateway.yaml lists them.
const BACKENDS: u16 = 3;
/// A start includes compiling the plugins where nothing is cached yet.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Longer than the gateway's own bound for draining, `sluice.shutdown_timeout`, which is 30 s.
const STOP_LIMIT: Duration = Duration::from_secs(40);

/// What `cargo xtask run` can do beside running.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Sends traffic for a while, shows how it was spread, and ends
    #[arg(long)]
    demo: bool,
    /// How long the demo sends, in seconds
    #[arg(long, default_value_t = 10, requires = "demo")]
    seconds: u32,
    /// Uses the unoptimised binary, target/debug/sluice
    #[arg(long)]
    dev: bool,
}

impl Options {
    /// What `cargo xtask test` tries at its end.
    pub(crate) fn brief_demo() -> Self {
        Self { demo: true, seconds: 3, dev: true }
    }

    fn profile(&self) -> &'static str {
        if self.dev { "debug" } else { "release" }
    }
}

/// Builds what is missing, starts the processes, and ends them on Ctrl-C or after the demo.
pub(crate) fn run(project: &Project, options: &Options) -> anyhow::Result<()> {
    build(project, options)?;
    let interrupted = on_interrupt()?;
    let directory = project.target().join("run");
    std::fs::create_dir_all(&directory).with_context(|| format!("could not make {}", directory.display()))?;

    let binary = build::binary(project, options.profile(), "sluice");
    let mut processes = vec![start_gateway(project, &binary, &directory)?];
    for number in 1..=BACKENDS {
        processes.push(start_backend(project, &binary, &directory, number)?);
    }
    wait_until_ready(&mut processes)?;
    explain(&directory);

    let outcome = if options.demo {
        demo(project, &directory, options)
    } else {
        println!("Ctrl-C ends it.");
        wait_for_end(&interrupted, &mut processes)
    };
    step("ending the gateway, then the backends");
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

fn start_gateway(project: &Project, binary: &Path, directory: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(binary);
    command.arg("--config").arg("config/gateway.yaml").current_dir(project.root());
    Process::start("the gateway", &mut command, &directory.join("gateway.log"))
}

fn start_backend(project: &Project, binary: &Path, directory: &Path, number: u16) -> anyhow::Result<Process> {
    let file = backend_file(directory, number);
    // The demo counts what this run brings.
    let _ = std::fs::remove_file(&file);
    let mut command = Command::new(binary);
    command
        .arg("--config")
        .arg("config/backend.yaml")
        .current_dir(project.root())
        .env("BACKEND_ENDPOINT", format!("127.0.0.1:{}", 4317 + 10 * number))
        .env("BACKEND_HEALTH", format!("127.0.0.1:{}", 13133 + 10 * number))
        .env("BACKEND_METRICS", format!("127.0.0.1:{}", 8888 + 10 * number))
        .env("BACKEND_FILE", file);
    Process::start(
        &format!("backend {number}"),
        &mut command,
        &directory.join(format!("backend-{number}.log")),
    )
}

fn backend_file(directory: &Path, number: u16) -> PathBuf {
    directory.join(format!("backend-{number}.otlp"))
}

fn wait_until_ready(processes: &mut [Process]) -> anyhow::Result<()> {
    for (process, number) in processes.iter_mut().zip(0..) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 13133 + 10 * number));
        process.wait_until_ready(address, "/ready", START_LIMIT)?;
    }
    Ok(())
}

fn explain(directory: &Path) {
    println!();
    println!("  send OTLP/gRPC to   127.0.0.1:4317     (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317)");
    println!("  send OTLP/HTTP to   127.0.0.1:4318     (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318)");
    println!("  metrics             http://127.0.0.1:8888/metrics");
    println!("  health, readiness   http://127.0.0.1:13133/health, http://127.0.0.1:13133/ready");
    println!("  backends            127.0.0.1:4327, 127.0.0.1:4337, 127.0.0.1:4347");
    println!("  logs and data       {}", directory.display());
    println!();
}

fn demo(project: &Project, directory: &Path, options: &Options) -> anyhow::Result<()> {
    let mut command = Command::new(build::binary(project, options.profile(), "demo"));
    command.args(["--gateway", "127.0.0.1:4317", "--metrics", "127.0.0.1:8888"]);
    command.arg("--seconds").arg(options.seconds.to_string());
    for number in 1..=BACKENDS {
        let backend =
            format!("127.0.0.1:{}={}", 4317 + 10 * number, backend_file(directory, number).display());
        command.arg("--backend").arg(backend);
    }
    execute(&mut command)
}
