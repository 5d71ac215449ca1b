//! The Helm chart.

use std::process::{Command, Output};

use sluice_tests::gateway::binary;

use super::manifests::Manifests;
use super::{deploy, skipped, words};

/// The chart, rendered with these values; `None` where `cargo xtask test` could not build Helm.
fn rendered(values: &[&str]) -> Option<Output> {
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

/// The chart fits together with every choice that it offers.
#[test]
fn every_choice_fits_together() {
    let choices: [(&[&str], Option<&str>); 7] = [
        (&[], None),
        (&["resolver=k8s"], Some("Role")),
        (&["resolver=k8s", "clusterRole=true"], Some("ClusterRole")),
        (&["plugins.source=configMap", "plugins.configMap.name=my-plugins"], None),
        (&["plugins.source=image", "plugins.image.reference=my-plugins:1"], None),
        (&["plugins.source=initContainer", "plugins.initContainer.image=my-plugins:1"], None),
        (
            &[
                "gateway.autoscaling.enabled=false",
                "monitoring.serviceMonitor.enabled=true",
                "monitoring.prometheusRule.enabled=true",
                "monitoring.dashboard.enabled=true",
                "gateway.config.processors.batch.timeout=1s",
            ],
            None,
        ),
    ];
    for (values, role) in choices {
        let Some(output) = rendered(values) else { return };
        assert!(output.status.success(), "{values:?}: {}", words(&output));
        let manifests = Manifests::read(&format!("{values:?}"), &String::from_utf8_lossy(&output.stdout));
        manifests.fit_together();
        manifests.have_only_the_permission(role);
        let wants_monitor = values.iter().any(|value| value.contains("serviceMonitor"));
        assert_eq!(manifests.of_kind("ServiceMonitor").count(), usize::from(wants_monitor), "{values:?}");
        assert_eq!(manifests.of_kind("PrometheusRule").count(), usize::from(wants_monitor), "{values:?}");
    }
}

/// A choice that there is not is refused, and one that lacks its half as well.
#[test]
fn wrong_values_are_refused() {
    for (value, expected) in [
        ("resolver=consul", "/resolver"),
        ("plugins.source=image", "plugins.image.reference"),
        ("gateway.drainTimeout=15", "/gateway/drainTimeout"),
    ] {
        let Some(output) = rendered(&[value]) else { return };
        let said = words(&output);
        assert!(!output.status.success() && said.contains(expected), "{value}: {said}");
    }
}
