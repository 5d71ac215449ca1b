//! The sluice process that is measured, with a configuration of its own.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sluice_tests::metrics::Page;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::options::{Compression, Options};

/// Long enough to compile the plugins on a slow machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arm {
    /// `otlp` receiver -> `otlp` exporter, one backend.
    PassThrough,
    /// `otlp` receiver -> `loadbalancing` exporter by trace id, all backends.
    Routing,
}

/// A running sluice; it is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Gateway {
    process: Child,
    pid: u32,
    receiver: SocketAddr,
    metrics: SocketAddr,
    _directory: TempDir,
}

impl Gateway {
    /// Starts sluice in front of `backends` and waits until it listens.
    pub(super) async fn start(
        options: &Options,
        arm: Arm,
        compression: Compression,
        backends: &[SocketAddr],
    ) -> Result<Self> {
        let directory = TempDir::new()?;
        let (receiver, metrics) = (free_address()?, free_address()?);
        let file = directory.path().join("sluice.yaml");
        let text = configuration(
            arm,
            &Addresses { receiver, metrics, backends },
            compression,
            !options.without_queue,
        );
        std::fs::write(&file, text)?;
        let log = directory.path().join("sluice.log");
        let process = command(options, &file, &log)?
            .spawn()
            .with_context(|| format!("cannot start {}", options.sluice.display()))?;
        let pid = process.id().context("sluice has ended at once")?;
        let mut gateway = Self { process, pid, receiver, metrics, _directory: directory };
        gateway.wait_until_listening(&log).await?;
        Ok(gateway)
    }

    /// The process to measure.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Where to send.
    pub(super) fn receiver(&self) -> SocketAddr {
        self.receiver
    }

    /// Spans that backends have acknowledged, by sluice's own count.
    pub(super) async fn sent_spans(&self) -> u64 {
        Page::scrape(self.metrics).await.sum("otelcol_exporter_sent_spans_total", &[]) as u64
    }

    /// Ends the process.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.process.kill().await.context("cannot end sluice")
    }

    async fn wait_until_listening(&mut self, log: &Path) -> Result<()> {
        let begin = Instant::now();
        while TcpStream::connect(self.receiver).await.is_err() {
            if let Some(status) = self.process.try_wait()? {
                bail!("sluice ended at its start: {status}\n{}", std::fs::read_to_string(log)?);
            }
            if begin.elapsed() > START_LIMIT {
                bail!("sluice does not listen on {}\n{}", self.receiver, std::fs::read_to_string(log)?);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

fn command(options: &Options, configuration: &Path, log: &Path) -> Result<Command> {
    let mut command = match &options.sluice_cpus {
        Some(cpus) => {
            let mut command = Command::new("taskset");
            command.args(["-c", cpus]).arg(&options.sluice);
            command
        }
        None => Command::new(&options.sluice),
    };
    let log = std::fs::File::create(log)?;
    command.arg("--config").arg(configuration);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
    Ok(command)
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

struct Addresses<'a> {
    receiver: SocketAddr,
    metrics: SocketAddr,
    backends: &'a [SocketAddr],
}

fn configuration(arm: Arm, addresses: &Addresses<'_>, compression: Compression, queue: bool) -> String {
    let client = format!(
        "{{tls: {{insecure: true}}, compression: {}, sending_queue: {{enabled: {queue}}}",
        compression.as_str()
    );
    let (name, exporter) = match arm {
        Arm::PassThrough => {
            let backend = addresses.backends.first().map(ToString::to_string).unwrap_or_default();
            ("otlp", format!("{client}, endpoint: \"{backend}\"}}"))
        }
        Arm::Routing => {
            let backends: Vec<_> =
                addresses.backends.iter().map(|backend| format!("\"{backend}\"")).collect();
            let resolver = format!("{{static: {{hostnames: [{}]}}}}", backends.join(", "));
            let block =
                format!("{{routing_key: traceID, protocol: {{otlp: {client}}}}}, resolver: {resolver}}}");
            ("loadbalancing", block)
        }
    };
    let mut text = String::new();
    let (receiver, host, port) = (addresses.receiver, addresses.metrics.ip(), addresses.metrics.port());
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        r#"receivers:
  otlp: {{protocols: {{grpc: {{endpoint: "{receiver}", max_recv_msg_size_mib: 64}}}}}}
exporters:
  {name}: {exporter}
service:
  telemetry:
    metrics:
      readers: [{{pull: {{exporter: {{prometheus: {{host: "{host}", port: {port}}}}}}}}}]
  pipelines:
    traces: {{receivers: [otlp], exporters: [{name}]}}
"#
    );
    text
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
mod tests;
