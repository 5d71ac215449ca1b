//! A network of our own.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use sluice_tests::kubernetes::ADDRESS;

/// Set within the namespace.
const MARK: &str = "SLUICE_TEST_NAMESPACE";

/// The loopback device gets addresses that Kubernetes takes, 198.18.0.1 to 198.18.0.40; pods' service accounts, and their
/// file of name servers, get a place.
const SET_UP: &str = "set -e
mount -t tmpfs tmpfs /var/run
mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
servers=$(readlink -m /etc/resolv.conf)
[ -e \"$servers\" ] || { mkdir -p \"${servers%/*}\"; : > \"$servers\"; }
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
for host in $(seq 1 40); do echo addr add 198.18.0.$host/32 dev lo; done | ip -batch -
exec \"$@\"";

/// Whether we run in it.
pub(crate) fn is_ours() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Runs this program again, in namespaces of its own; comes back only when there can be none.
pub(crate) fn enter() -> ExitCode {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount"]);
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    let error = command
        .args(["sh", "-c", SET_UP, "kubernetes"])
        .args(std::env::args_os())
        .env(MARK, "1")
        // As in a pod.
        .env("KUBERNETES_SERVICE_HOST", ADDRESS.ip().to_string())
        .env("KUBERNETES_SERVICE_PORT", ADDRESS.port().to_string())
        .env_remove("KUBECONFIG")
        .exec();
    println!("the tests need `unshare` of util-linux: {error}");
    ExitCode::FAILURE
}
