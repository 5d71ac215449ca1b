//! A real DNS server: Knot, with a zone that tests change.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::wait;

/// What is in a zone from the start, but for `big`, which has 120 addresses: more than a datagram holds.
const RECORDS: &str = "$TTL 1\n@ SOA ns hostmaster 1 1 1 1 1\n@ NS ns\nns A 127.0.0.1\n";

/// Knot with one zone; it is killed when dropped.
#[derive(Debug)]
pub struct Knot {
    child: Child,
    folder: TempDir,
    address: SocketAddr,
    zone: String,
}

impl Knot {
    /// Starts it on a free port of 127.0.0.1, with the zone `otel.test`.
    ///
    /// # Panics
    /// When Knot is not installed or does not start.
    pub async fn start() -> Self {
        Self::start_on(free_address(), "otel.test").await
    }

    /// Starts it there, with a zone of this name.
    ///
    /// # Panics
    /// When Knot is not installed or does not start.
    pub async fn start_on(address: SocketAddr, zone: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().display();
        let (ip, port) = (address.ip(), address.port());
        let config = format!(
            "server:\n  listen: {ip}@{port}\n  rundir: {path}\ndatabase:\n  storage: {path}\n\
             control:\n  listen: {path}/knot.sock\nlog:\n  - target: stderr\n    any: warning\n\
             zone:\n  - domain: {zone}\n    storage: {path}\n    file: zone\n"
        );
        let big: String = (1..=120).map(|last| format!("big A 127.0.1.{last}\n")).collect();
        std::fs::write(folder.path().join("knot.conf"), config).expect("a configuration");
        let records = format!("$ORIGIN {zone}.\n{RECORDS}{big}");
        std::fs::write(folder.path().join("zone"), records).expect("a zone");
        let child = command("knotd")
            .arg("-c")
            .arg(folder.path().join("knot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("knotd, which `cargo xtask test` installs");
        let knot = Self { child, folder, address, zone: zone.to_owned() };
        wait::until("knotd to answer", || async { knot.control(&["zone-status", zone]) }).await;
        knot
    }

    /// Where it answers, over UDP and TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes a name of the zone resolve to just these addresses, for a second at a time.
    ///
    /// # Panics
    /// When Knot refuses.
    pub fn set(&self, name: &str, addresses: &[&str]) {
        self.set_for(name, 1, addresses);
    }

    /// The same, with a time to live of so many seconds.
    ///
    /// # Panics
    /// When Knot refuses.
    pub fn set_for(&self, name: &str, ttl: u32, addresses: &[&str]) {
        let kind = |address: &str| if address.contains(':') { "AAAA" } else { "A" };
        let records: Vec<(&str, &str)> = addresses.iter().map(|address| (kind(address), *address)).collect();
        self.set_records(name, ttl, &records);
    }

    /// Makes a name of the zone have just these records, type and data of each.
    ///
    /// # Panics
    /// When Knot refuses.
    pub fn set_records(&self, name: &str, ttl: u32, records: &[(&str, &str)]) {
        assert!(self.control(&["zone-begin", &self.zone]));
        // There is nothing to take away the first time.
        let _ = self.control(&["zone-unset", &self.zone, name]);
        for (kind, data) in records {
            let record = ["zone-set", &self.zone, name, &ttl.to_string(), kind];
            let data: Vec<&str> = data.split(' ').collect();
            assert!(self.control(&[&record[..], &data].concat()));
        }
        assert!(self.control(&["zone-commit", &self.zone]));
    }

    /// Loses the zone: from now on every answer is SERVFAIL.
    ///
    /// # Panics
    /// When Knot refuses.
    pub fn lose_zone(&self) {
        assert!(self.control(&["-f", "zone-purge", &self.zone]));
    }

    /// Says nothing any more, until [`resume`](Self::resume).
    ///
    /// # Panics
    /// When it has ended.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Goes on after [`pause`](Self::pause).
    ///
    /// # Panics
    /// When it has ended.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, signal).expect("a process that runs");
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
