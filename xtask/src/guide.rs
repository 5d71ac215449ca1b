//! The guide on loopback, from the files in config/: a gateway, three tail samplers, and a backend.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::processes::Process;
use crate::project::Project;

/// As config/gateway.yaml lists them.
pub(crate) const SAMPLERS: [Place; 3] = [Place(1), Place(2), Place(3)];
/// As config/gateway.yaml has it.
pub(crate) const GATEWAY: Place = Place(0);
/// As config/backend.yaml has it.
pub(crate) const BACKEND: Place = Place(4);

/// A process's number: its ports are ten above those of the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(u16);

impl Place {
    /// Where it takes OTLP/gRPC.
    pub(crate) fn grpc(self) -> SocketAddr {
        self.port(4317)
    }

    /// Where it tells how it is.
    pub(crate) fn health(self) -> SocketAddr {
        self.port(13133)
    }

    /// Where Prometheus scrapes it.
    pub(crate) fn metrics(self) -> SocketAddr {
        self.port(8888)
    }

    /// Where `sluice explain` asks it.
    pub(crate) fn admin(self) -> SocketAddr {
        self.port(13134)
    }

    fn port(self, first: u16) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, first + 10 * self.0))
    }
}

/// What starts the processes.
pub(crate) struct Guide<'a> {
    pub(crate) project: &'a Project,
    pub(crate) binary: &'a Path,
    /// For logs, and what the backend is given.
    pub(crate) folder: &'a Path,
}

impl Guide<'_> {
    /// Starts config/gateway.yaml as it is.
    pub(crate) fn gateway(&self) -> anyhow::Result<Process> {
        self.start("the gateway", "gateway", &mut self.sluice("gateway.yaml"))
    }

    /// Starts config/sampler.yaml, which is the guide's own, on addresses of this machine.
    pub(crate) fn sampler(&self, place: Place, decision_wait: &str) -> anyhow::Result<Process> {
        let Place(number) = place;
        let mut command = self.sluice("sampler.yaml");
        for (key, value) in [
            ("receivers.otlp.protocols.grpc.endpoint", place.grpc().to_string()),
            ("processors.tail_sampling.decision_wait", decision_wait.to_owned()),
            ("exporters.otlp.endpoint", BACKEND.grpc().to_string()),
            ("extensions.health_check.endpoint", place.health().to_string()),
            ("service.telemetry.metrics.address", place.metrics().to_string()),
            ("sluice.admin_endpoint", place.admin().to_string()),
        ] {
            command.arg("--set").arg(format!("{key}={value}"));
        }
        self.start(&format!("sampler {number}"), &format!("sampler-{number}"), &mut command)
    }

    /// Starts config/backend.yaml as it is; what it is given comes into a file of its working directory.
    pub(crate) fn backend(&self) -> anyhow::Result<Process> {
        self.start("the backend", "backend", &mut self.sluice("backend.yaml"))
    }

    /// What the backend has been given.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("backend.otlp")
    }

    fn sluice(&self, config: &str) -> Command {
        let mut command = Command::new(self.binary);
        command.arg("--config").arg(self.project.root().join("config").join(config));
        command.current_dir(self.folder);
        command
    }

    fn start(&self, name: &str, log: &str, command: &mut Command) -> anyhow::Result<Process> {
        Process::start(name, command, &self.folder.join(format!("{log}.log")))
    }
}
