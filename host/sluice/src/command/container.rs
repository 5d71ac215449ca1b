//! Whether this is a container, where an address of the loopback is one that nobody outside reaches.

use std::path::Path;

/// Variables that Kubernetes, and Podman or systemd, set in a container.
const VARIABLES: [&str; 2] = ["KUBERNETES_SERVICE_HOST", "container"];

/// Files that Docker and Podman put into one.
const FILES: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// Whether this process runs in a container.
pub(super) fn is_container() -> bool {
    VARIABLES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        || FILES.iter().any(|path| Path::new(path).exists())
}
