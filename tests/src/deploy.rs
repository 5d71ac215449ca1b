//! What is in deploy/, rendered by the programs that its users render it with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::gateway::{binary, project, test_plugins};
use crate::programs::{is_installed, skipped, words};

/// Values of the Helm chart that together have every choice that it offers.
pub const CHART_CHOICES: &[&[&str]] = &[
    &[],
    &["resolver=k8s"],
    &["resolver=k8s", "clusterRole=true"],
    &["plugins.source=configMap", "plugins.configMap.name=my-plugins"],
    &["plugins.source=image", "plugins.image.reference=my-plugins:1"],
    &["plugins.source=initContainer", "plugins.initContainer.image=my-plugins:1"],
    &[
        "gateway.autoscaling.enabled=false",
        "monitoring.serviceMonitor.enabled=true",
        "monitoring.prometheusRule.enabled=true",
        "monitoring.dashboard.enabled=true",
        "gateway.config.processors.batch.timeout=1s",
    ],
];

/// A file or folder of deploy/.
#[must_use]
pub fn deploy(path: &str) -> PathBuf {
    project().join("deploy").join(path)
}

/// The kustomize overlays, each with its name and its manifests; `None` where there is no kubectl, which nobody has to
/// have.
///
/// # Panics
/// When one of them cannot be rendered.
#[must_use]
pub fn overlays() -> Option<Vec<(String, String)>> {
    if !has_kubectl() {
        return None;
    }
    let folder = TempDir::new().expect("a temporary folder");
    copy(&deploy("kubernetes"), folder.path());
    let plugin = folder.path().join("components/plugin-configmap/tenant.wasm");
    std::fs::copy(test_plugins().join("tenant.wasm"), plugin).expect("the plugin");
    let overlays = std::fs::read_dir(folder.path().join("overlays")).expect("overlays");
    let render = |overlay: PathBuf| {
        let name = overlay.file_name().expect("a name").to_string_lossy().into_owned();
        (name, kustomized(&overlay))
    };
    Some(overlays.map(|overlay| render(overlay.expect("an entry").path())).collect())
}

/// The manifests of deploy/monitoring; `None` where there is no kubectl.
///
/// # Panics
/// When they cannot be rendered.
#[must_use]
pub fn monitoring() -> Option<String> {
    has_kubectl().then(|| kustomized(&deploy("monitoring")))
}

/// What Helm makes of the chart with these values; `None` where `cargo xtask test` could not build Helm.
///
/// # Panics
/// When Helm does not start.
#[must_use]
pub fn chart(values: &[&str]) -> Option<Output> {
    let helm = binary().ancestors().nth(2).expect("the target folder").join("helm/helm");
    if !helm.exists() {
        skipped("there is no Helm here, which takes Go to build");
        return None;
    }
    let mut command = Command::new(helm);
    command.args(["template", "tiers"]).arg(deploy("helm/sluice")).args(["--namespace", "observability"]);
    // What Helm is to take the cluster for: one built from modules knows none.
    command.args(["--kube-version", "1.33.0"]);
    values.iter().for_each(|value| {
        command.args(["--set", value]);
    });
    Some(command.output().expect("helm"))
}

/// Says so where there is none; `cargo xtask test` does, too.
fn has_kubectl() -> bool {
    let has_kubectl = is_installed("kubectl");
    if !has_kubectl {
        skipped("there is no kubectl here");
    }
    has_kubectl
}

fn kustomized(folder: &Path) -> String {
    let output = Command::new("kubectl").arg("kustomize").arg(folder).output().expect("kubectl");
    assert!(output.status.success(), "{}: {}", folder.display(), words(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Copies a folder with all that is in it; links become what they lead to.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
