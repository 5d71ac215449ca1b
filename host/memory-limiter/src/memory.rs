//! How much memory the process has, and may have: out of `/proc` and the control group of Linux.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Memory cannot be measured on this machine.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// A file of the kernel's cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the kernel's does not say what it should.
    #[error("{path} has no {field}")]
    Missing {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        field: &'static str,
    },
}

/// What the process holds in physical memory now.
///
/// # Errors
/// Where there is no `/proc/self/status`.
pub fn resident_bytes() -> Result<u64, MemoryError> {
    field(Path::new("/proc/self/status"), "VmRSS")
}

/// What the process may have: the least limit of its control groups, else the machine's memory.
///
/// # Errors
/// Where there is no `/proc/meminfo`.
pub fn total_bytes() -> Result<u64, MemoryError> {
    let machine = field(Path::new("/proc/meminfo"), "MemTotal")?;
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limit = group_limit(&groups, Path::new("/sys/fs/cgroup"));
    Ok(limit.map_or(machine, |limit| limit.min(machine)))
}

/// A value of a file whose lines are like `VmRSS:  1234 kB`.
fn field(path: &Path, name: &'static str) -> Result<u64, MemoryError> {
    let text = fs::read_to_string(path)
        .map_err(|source| MemoryError::Unreadable { path: path.to_owned(), source })?;
    let value = text.lines().find_map(|line| {
        let kibibytes = line.strip_prefix(name)?.strip_prefix(':')?.trim().strip_suffix("kB")?;
        kibibytes.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    value.ok_or(MemoryError::Missing { path: path.to_owned(), field: name })
}

/// The least limit on the way from the process's control group up to the root: of version 2 (`0::/a/b` and
/// `memory.max`), or of version 1 (`N:memory:/a/b` and `memory/.../memory.limit_in_bytes`). In a container the path
/// may be that of the host, which is not there; the group that is mounted is then the container's own.
fn group_limit(groups: &str, root: &Path) -> Option<u64> {
    let mut least = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, group) = (parts.next()?, parts.next()?, parts.next()?);
        let (mount, file) = if controllers.is_empty() {
            (root.to_owned(), "memory.max")
        } else if controllers.split(',').any(|controller| controller == "memory") {
            (root.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        let inside = Path::new(group.trim_start_matches('/'));
        for above in inside.ancestors() {
            // `max`, and what no machine has, mean that there is no limit here.
            let limit = fs::read_to_string(mount.join(above).join(file)).ok();
            let limit = limit.and_then(|text| text.trim().parse::<u64>().ok());
            least = least.into_iter().chain(limit).min();
        }
    }
    least
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
