//! The kustomize overlays.

use sluice_tests::deploy::overlays;
use sluice_tests::gateway::test_plugins;

use super::manifests::Manifests;

/// Every overlay is rendered, and its manifests fit together: what the pods run, what they mount, who may do what.
#[test]
fn every_overlay_fits_together() {
    let Some(overlays) = overlays() else { return };
    assert!(overlays.len() >= 6, "{}", overlays.len());
    for (name, text) in overlays {
        let manifests = Manifests::read(&name, &text);
        manifests.fit_together();
        let role = match name.as_str() {
            "k8s" => Some("Role"),
            "cluster-role" => Some("ClusterRole"),
            _ => None,
        };
        manifests.have_only_the_permission(role);
    }
}

/// The plugin's ConfigMap is below what etcd takes.
#[test]
fn the_tenant_plugin_fits_into_a_config_map() {
    let size = std::fs::metadata(test_plugins().join("tenant.wasm")).expect("the plugin").len();
    assert!(size < 1024 * 1024 * 3 / 4, "{size}, a third more in base64");
}
