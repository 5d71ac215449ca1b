//! Processes that run beside us: started, watched, and ended in order.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::project::describe;

/// How often a process is looked at while we wait for it.
const POLL: Duration = Duration::from_millis(50);

/// How many lines of its log are shown of a process that failed.
const LAST_LINES: usize = 10;

/// A child process with a name for people.
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output in `log`, in a process group of its own: a Ctrl-C in the
    /// terminal reaches us alone, so that we can end the processes in order.
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        use std::os::unix::process::CommandExt;
        let output = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// Waits until `path` on `address` answers 200 over HTTP.
    ///
    /// # Errors
    /// When the process ends before that, or `limit` has passed.
    pub(crate) fn wait_until_ready(
        &mut self,
        address: SocketAddr,
        path: &str,
        limit: Duration,
    ) -> anyhow::Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            // Asked first: what answers may be another program that has the port.
            let is_ready = answers_ok(address, path);
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended before it was ready ({status}):\n{}", self.name, self.last_words());
            }
            if is_ready {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{} is not ready after {} s:\n{}", self.name, limit.as_secs(), self.last_words());
            }
            pause(POLL);
        }
    }

    /// The end of its log, and where the rest is.
    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        format!("{last}\n(its log: {})", self.log.display())
    }

    /// Whether it has ended by itself.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<(String, ExitStatus)>> {
        Ok(self.child.try_wait()?.map(|status| (self.name.clone(), status)))
    }

    /// Asks it to end (SIGTERM) and waits; kills it after `limit`.
    pub(crate) fn stop(&mut self, limit: Duration) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(id, Signal::TERM)?;
        }
        let deadline = Instant::now() + limit;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.child.kill()?;
            }
            pause(POLL);
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Reached with the process alive only when something else failed: leave nothing behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end; one that takes longer than `limit` is killed, with all that it started.
pub(crate) fn execute_within(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let start = |command: &mut Command| command.process_group(0).spawn();
    let mut child = start(command).with_context(|| format!("could not start {}", describe(command)))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return if status.success() {
                Ok(())
            } else {
                Err(anyhow!("{} failed ({status})", describe(command)))
            };
        }
        if Instant::now() > deadline {
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                kill_process_group(group, Signal::KILL)?;
            }
            child.wait()?;
            bail!("{} was not done after {} minutes", describe(command), limit.as_secs() / 60);
        }
        pause(POLL);
    }
}

/// Waits for Ctrl-C, or until one of the processes ends by itself.
pub(crate) fn wait_for_end(interrupted: &Receiver<()>, processes: &mut [Process]) -> anyhow::Result<()> {
    loop {
        if interrupted.recv_timeout(Duration::from_millis(200)).is_ok() {
            return Ok(());
        }
        for process in &mut *processes {
            if let Some((name, status)) = process.ended()? {
                bail!("{name} ended by itself ({status})");
            }
        }
    }
}

fn answers_ok(address: SocketAddr, path: &str) -> bool {
    request(address, path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn request(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[allow(
    clippy::disallowed_methods,
    reason = "a command-line program of one thread that waits for its children"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
