//! The Helm chart.

use sluice_tests::deploy::{CHART_CHOICES, chart};
use sluice_tests::programs::words;

use super::manifests::Manifests;

/// The chart fits together with every choice that it offers.
#[test]
fn every_choice_fits_together() {
    for values in CHART_CHOICES {
        let Some(output) = chart(values) else { return };
        assert!(output.status.success(), "{values:?}: {}", words(&output));
        let manifests = Manifests::read(&format!("{values:?}"), &String::from_utf8_lossy(&output.stdout));
        manifests.fit_together();
        manifests.have_only_the_permission(role_of(values));
        let wants_monitor = values.iter().any(|value| value.contains("serviceMonitor"));
        assert_eq!(manifests.of_kind("ServiceMonitor").count(), usize::from(wants_monitor), "{values:?}");
        assert_eq!(manifests.of_kind("PrometheusRule").count(), usize::from(wants_monitor), "{values:?}");
    }
}

/// What the gateway's permission is given by.
fn role_of(values: &[&str]) -> Option<&'static str> {
    if values.contains(&"clusterRole=true") {
        Some("ClusterRole")
    } else if values.contains(&"resolver=k8s") {
        Some("Role")
    } else {
        None
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
        let Some(output) = chart(&[value]) else { return };
        let said = words(&output);
        assert!(!output.status.success() && said.contains(expected), "{value}: {said}");
    }
}
