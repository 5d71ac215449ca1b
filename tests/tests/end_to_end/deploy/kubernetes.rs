//! The kustomize overlays.

use std::process::Command;

use sluice_tests::gateway::test_plugins;
use sluice_tests::programs::is_installed;
use tempfile::TempDir;

use super::manifests::Manifests;
use super::{copy, deploy, skipped, words};

/// Every overlay is rendered, and its manifests fit together: what the pods run, what they mount, who may do what. Nobody
/// has to have kubectl for it; `cargo xtask test` says when it is left out.
#[test]
fn every_overlay_fits_together() {
    if !is_installed("kubectl") {
        skipped("there is no kubectl here");
        return;
    }
    let folder = TempDir::new().expect("a temporary folder");
    copy(&deploy("kubernetes"), folder.path());
    let plugin = folder.path().join("components/plugin-configmap/tenant.wasm");
    std::fs::copy(test_plugins().join("tenant.wasm"), plugin).expect("the plugin");
    let overlays = std::fs::read_dir(folder.path().join("overlays")).expect("overlays");
    let mut rendered = 0;
    for overlay in overlays {
        let overlay = overlay.expect("an entry").path();
        let output = Command::new("kubectl").arg("kustomize").arg(&overlay).output().expect("kubectl");
        assert!(output.status.success(), "{}: {}", overlay.display(), words(&output));
        let name = overlay.file_name().expect("a name").to_string_lossy().into_owned();
        let manifests = Manifests::read(&name, &String::from_utf8_lossy(&output.stdout));
        manifests.fit_together();
        let role = match name.as_str() {
            "k8s" => Some("Role"),
            "cluster-role" => Some("ClusterRole"),
            _ => None,
        };
        manifests.have_only_the_permission(role);
        rendered += 1;
    }
    assert!(rendered >= 6, "{rendered}");
}

/// The plugin's ConfigMap is below what etcd takes.
#[test]
fn the_tenant_plugin_fits_into_a_config_map() {
    let size = std::fs::metadata(test_plugins().join("tenant.wasm")).expect("the plugin").len();
    assert!(size < 1024 * 1024 * 3 / 4, "{size}, a third more in base64");
}
