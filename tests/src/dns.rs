//! A real DNS server: Knot, with a zone that tests change.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::wait;

/// Knot with the zone `otel.test`; it is killed when dropped.
#[derive(Debug)]
pub struct Knot {
    child: Child,
    folder: TempDir,
    address: SocketAddr,
}

impl Knot {
    /// Starts it on a free port of 127.0.0.1, with an empty zone.
    ///
    /// # Panics
    /// When Knot is not installed or does not start.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let address = free_address();
        let path = folder.path().display();
        let (ip, port) = (address.ip(), address.port());
        let config = format!(
            "server:\n  listen: {ip}@{port}\n  rundir: {path}\ndatabase:\n  storage: {path}\n\
             control:\n  listen: {path}/knot.sock\nlog:\n  - target: stderr\n    any: warning\n\
             zone:\n  - domain: otel.test\n    storage: {path}\n    file: otel.test.zone\n"
        );
        let zone = "$ORIGIN otel.test.\n$TTL 1\n@ SOA ns hostmaster 1 1 1 1 1\n@ NS ns\nns A 127.0.0.1\n";
        std::fs::write(folder.path().join("knot.conf"), config).expect("a configuration");
        std::fs::write(folder.path().join("otel.test.zone"), zone).expect("a zone");
        let child = command("knotd")
            .arg("-c")
            .arg(folder.path().join("knot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("knotd, which `cargo xtask test` installs");
        let knot = Self { child, folder, address };
        wait::until("knotd to answer", || async { knot.control(&["zone-status", "otel.test"]) }).await;
        knot
    }

    /// Where it answers, over UDP and TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes `name.otel.test` resolve to just these addresses.
    ///
    /// # Panics
    /// When Knot refuses.
    pub fn set(&self, name: &str, addresses: &[&str]) {
        assert!(self.control(&["zone-begin", "otel.test"]));
        // There is nothing to take away the first time.
        let _ = self.control(&["zone-unset", "otel.test", name]);
        for address in addresses {
            let kind = if address.contains(':') { "AAAA" } else { "A" };
            assert!(self.control(&["zone-set", "otel.test", name, "1", kind, address]));
        }
        assert!(self.control(&["zone-commit", "otel.test"]));
    }

    fn control(&self, arguments: &[&str]) -> bool {
        let socket = self.folder.path().join("knot.sock");
        let status = command("knotc")
            .arg("-s")
            .arg(socket)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.expect("knotc, which `cargo xtask test` installs").success()
    }
}

impl Drop for Knot {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Debian keeps servers where a user's PATH does not look.
fn command(program: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

/// A port that is free for UDP and TCP; somebody could take it before Knot does, which then fails to start.
fn free_address() -> SocketAddr {
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    tcp.local_addr().expect("a bound address")
}
