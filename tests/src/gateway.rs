//! The gateway as a process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::wait;

/// A running gateway; it is killed when dropped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    folder: TempDir,
}

/// The path of the binary under test.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps/<test>");
    let binary = profile.join("sluice");
    assert!(binary.exists(), "{} is not there; run `cargo xtask test`, which builds it", binary.display());
    binary
}

/// The root of the project.
///
/// # Panics
/// Never: this crate lies in a folder of it.
#[must_use]
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's root")
}

/// A folder with plugins that `cargo xtask test` built for tests: `tenant.wasm`, `hostile.wasm`.
#[must_use]
pub fn test_plugins() -> PathBuf {
    binary().ancestors().nth(2).map(|target| target.join("plugins-test")).unwrap_or_default()
}

impl Gateway {
    /// Starts the gateway with this configuration and waits until it listens.
    ///
    /// Write ports as 0 and read them back by [`address`](Self::address).
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(config: &str) -> Self {
        Self::start_with(config, &[]).await
    }

    /// The same, with more arguments.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(config: &str, arguments: &[&str]) -> Self {
        Self::spawn(config, arguments).started().await
    }

    /// Waits until it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn started(self) -> Self {
        let mut gateway = self;
        wait::until("the gateway to start", || {
            let ended = gateway.child.try_wait().expect("a child process");
            assert!(ended.is_none(), "the gateway ended ({ended:?}): {:#?}", gateway.log());
            let started = gateway.has_logged("gateway started");
            async move { started }
        })
        .await;
        gateway
    }

    /// Starts the gateway and does not wait.
    ///
    /// # Panics
    /// When the binary cannot be started.
    #[must_use]
    pub fn spawn(config: &str, arguments: &[&str]) -> Self {
        Self::spawn_command(&[], config, arguments)
    }

    /// The same, with a command before `--config`.
    ///
    /// # Panics
    /// When the binary cannot be started.
    #[must_use]
    pub fn spawn_command(command: &[&str], config: &str, arguments: &[&str]) -> Self {
        Self::spawn_program(Command::new(binary()), command, config, arguments)
    }

    /// Starts the gateway with more variables in its environment, and does not wait.
    ///
    /// # Panics
    /// When the binary cannot be started.
    #[must_use]
    pub fn spawn_with_environment(config: &str, environment: &[(&str, String)]) -> Self {
        let mut program = Command::new(binary());
        program.envs(environment.iter().map(|(name, value)| (name, value)));
        Self::spawn_program(program, &[], config, &[])
    }

    /// Starts the gateway, which may have `open_files` files open unless it asks for more, and waits until it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with_open_files(config: &str, open_files: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -Sn {open_files} && exec \"$0\" \"$@\"")]).arg(binary());
        Self::spawn_program(shell, &[], config, &[]).started().await
    }

    /// Starts the gateway with these variables of AWS's and no others, and waits until it listens. It never asks for the
    /// metadata of the machine, which is no loopback address.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_in(environment: &[(&str, &str)], config: &str, arguments: &[&str]) -> Self {
        let mut program = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                program.env_remove(name);
            }
        }
        // Not the files of whoever runs the tests.
        program.env("HOME", "/nonexistent").env("AWS_EC2_METADATA_DISABLED", "true");
        program.envs(environment.iter().copied());
        Self::spawn_program(program, &[], config, arguments).started().await
    }

    /// Starts the gateway as a container: each of `mounts` is a file or a folder, and where it finds that; nobody else
    /// does. Waits until it listens.
    ///
    /// # Panics
    /// When it does not start, or we are not root (of a namespace).
    pub async fn start_in_container(
        config: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        mounts: &[(&Path, &str)],
    ) -> Self {
        const SET_UP: &str = "set -e
while [ \"$1\" != -- ]; do mount --bind \"$1\" \"$2\"; shift 2; done
shift
exec \"$@\"";
        let mut program = Command::new("unshare");
        program.args(["--mount", "sh", "-c", SET_UP, "container"]);
        for (what, place) in mounts {
            program.arg(what).arg(place);
        }
        program.arg("--").arg(binary()).envs(environment.iter().copied());
        Self::spawn_program(program, &[], config, arguments).started().await
    }

    fn spawn_program(mut program: Command, command: &[&str], config: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("config.yaml");
        std::fs::write(&file, config).expect("a configuration");
        program.args(command).arg("--config").arg(&file).args(arguments);
        Self::spawn_in(folder, program)
    }

    /// Starts a gateway by a command that says everything, and does not wait.
    ///
    /// # Panics
    /// When the program cannot be started.
    #[must_use]
    pub fn spawn_as_it_is(program: Command) -> Self {
        Self::spawn_in(TempDir::new().expect("a temporary folder"), program)
    }

    fn spawn_in(folder: TempDir, mut program: Command) -> Self {
        let mut child = program
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a binary that starts");
        let stderr = child.stderr.take().expect("a pipe");
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = log.clone();
        std::thread::spawn(move || collect(stderr, &lines));
        Self { child, log, folder }
    }

    /// The folder that it runs in, with its configuration.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The lines that it has logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a line contains `text`.
    #[must_use]
    pub fn has_logged(&self, text: &str) -> bool {
        self.log().iter().any(|line| line.contains(text))
    }

    /// Waits until a line contains `text`.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn wait_for_log(&self, text: &str) {
        wait::until(&format!("a log line with {text:?}"), || async { self.has_logged(text) }).await;
    }

    /// Where something listens: `receiver` (the first one, OTLP/gRPC), `http` (OTLP/HTTP), `metrics` or `health`.
    ///
    /// # Panics
    /// When it does not listen.
    #[must_use]
    pub fn address(&self, what: &str) -> SocketAddr {
        let log = self.log();
        let key = if what == "http" { "protocol" } else { "server" };
        let server = format!("\"{key}\":\"{what}\"");
        let mut lines = log.iter().filter(|line| line.contains("\tlistening\t") && line.contains(&server));
        let endpoint = lines.find_map(|line| line.split("\"endpoint\":\"").nth(1)?.split('"').next());
        endpoint
            .and_then(|endpoint| endpoint.parse().ok())
            .unwrap_or_else(|| panic!("{what} does not listen: {log:#?}"))
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGINT, as Ctrl-C does.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Stops it where it is (SIGSTOP): connections stay, and nothing is answered.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Panics
    /// When the process is gone.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, signal).expect("a process that runs");
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        wait::until("the gateway to end", || {
            status = self.child.try_wait().expect("a child process");
            let ended = status.is_some();
            async move { ended }
        })
        .await;
        // The thread that reads the log sees the end of the pipe a moment later.
        tokio::time::sleep(Duration::from_millis(50)).await;
        status.expect("an exit status")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(stderr: impl Read, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(stderr).lines() {
        let Ok(line) = line else { return };
        lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}
