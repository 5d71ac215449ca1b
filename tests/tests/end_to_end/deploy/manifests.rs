//! Manifests that are applied together.

use serde::Deserialize;
use serde_yaml::Value;
use sluice_tests::programs::words;
use tempfile::TempDir;

use super::{assert_good, in_a_pod};

/// What `sluice::shutdown_timeout` is unless a configuration says otherwise.
const SHUTDOWN_SECONDS: u64 = 30;

/// Rendered manifests.
pub(super) struct Manifests {
    name: String,
    all: Vec<Value>,
}

impl Manifests {
    /// Reads the documents of a rendered overlay or chart; `name` is for people.
    pub(super) fn read(name: &str, text: &str) -> Self {
        let documents = serde_yaml::Deserializer::from_str(text);
        let all = documents.map(|document| Value::deserialize(document).expect("YAML"));
        Self { name: name.to_owned(), all: all.filter(|value| !value.is_null()).collect() }
    }

    pub(super) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.all.iter().filter(move |manifest| manifest["kind"] == kind)
    }

    fn named(&self, kind: &str, name: &Value) -> &Value {
        let mut all = self.all.iter();
        let found = all.find(|manifest| manifest["kind"] == kind && manifest["metadata"]["name"] == *name);
        found.unwrap_or_else(|| panic!("{}: no {kind} {name:?}", self.name))
    }

    fn workloads(&self) -> impl Iterator<Item = &Value> {
        self.of_kind("Deployment").chain(self.of_kind("StatefulSet"))
    }

    /// Everything that one manifest says of another one holds.
    pub(super) fn fit_together(&self) {
        assert_eq!(self.workloads().count(), 2, "{}: two tiers", self.name);
        for workload in self.workloads() {
            let pod = &workload["spec"]["template"];
            assert!(selects(&workload["spec"]["selector"]["matchLabels"], pod), "{}", self.name);
            self.named("ServiceAccount", &pod["spec"]["serviceAccountName"]);
            self.is_restricted(&pod["spec"]);
            self.is_probed_and_drained(&pod["spec"]);
            self.runs_good_configurations(&pod["spec"]);
        }
        for service in self.of_kind("Service") {
            let pods: Vec<&Value> = self.workloads().map(|workload| &workload["spec"]["template"]).collect();
            let behind: Vec<_> =
                pods.iter().filter(|pod| selects(&service["spec"]["selector"], pod)).collect();
            assert_eq!(behind.len(), 1, "{}: {service:?} selects one tier", self.name);
            for port in list(&service["spec"]["ports"]) {
                let ports = list(&behind[0]["spec"]["containers"][0]["ports"]);
                assert!(
                    ports.iter().any(|known| known["name"] == port["targetPort"]),
                    "{}: {port:?}",
                    self.name
                );
            }
        }
        for stateful_set in self.of_kind("StatefulSet") {
            let service = self.named("Service", &stateful_set["spec"]["serviceName"]);
            assert_eq!(service["spec"]["clusterIP"], "None", "{}: tier 2 is headless", self.name);
        }
        for autoscaler in self.of_kind("HorizontalPodAutoscaler") {
            let target = &autoscaler["spec"]["scaleTargetRef"];
            let scaled = self.named(target["kind"].as_str().expect("a kind"), &target["name"]);
            assert!(scaled["spec"]["replicas"].is_null(), "{}: who says how many?", self.name);
        }
        for kind in ["PodDisruptionBudget", "NetworkPolicy"] {
            for manifest in self.of_kind(kind) {
                let selector = if kind == "NetworkPolicy" { "podSelector" } else { "selector" };
                let labels = &manifest["spec"][selector]["matchLabels"];
                let selected = self.workloads().filter(|w| selects(labels, &w["spec"]["template"])).count();
                assert_eq!(selected, 1, "{}: {kind} selects one tier", self.name);
            }
        }
    }

    /// The gateway may watch EndpointSlices by a role of this kind, and nothing more; without one it has no token.
    pub(super) fn have_only_the_permission(&self, kind: Option<&str>) {
        let bindings: Vec<_> =
            self.of_kind("RoleBinding").chain(self.of_kind("ClusterRoleBinding")).collect();
        assert_eq!(bindings.len(), usize::from(kind.is_some()), "{}", self.name);
        for binding in bindings {
            let kind = binding["roleRef"]["kind"].as_str().expect("a kind");
            let rules = list(&self.named(kind, &binding["roleRef"]["name"])["rules"]);
            assert_eq!(rules.len(), 1, "{}", self.name);
            assert_eq!(rules[0]["resources"][0], "endpointslices");
            let verbs: Vec<_> = list(&rules[0]["verbs"]).iter().filter_map(Value::as_str).collect();
            // The guide's has one more than is needed.
            let needed = &verbs[usize::from(kind == "ClusterRole")..];
            assert_eq!(needed, ["list", "watch"], "{}: {verbs:?}", self.name);
            let account = self.named("ServiceAccount", &binding["subjects"][0]["name"]);
            assert!(binding["subjects"][0]["namespace"].is_string(), "{}", self.name);
            assert_eq!(account["automountServiceAccountToken"], true, "{}", self.name);
        }
        let tokens = self.of_kind("ServiceAccount").filter(|a| a["automountServiceAccountToken"] != false);
        assert_eq!(tokens.count(), usize::from(kind.is_some()), "{}", self.name);
        let kinds = |wanted: &'static str| self.of_kind(wanted).count();
        assert_eq!(kinds("Role"), usize::from(kind == Some("Role")), "{}", self.name);
        assert_eq!(kinds("ClusterRole"), usize::from(kind == Some("ClusterRole")), "{}", self.name);
    }

    /// What the pod security standard `restricted` asks for, and a root that is read only.
    fn is_restricted(&self, pod: &Value) {
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{}", self.name);
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault", "{}", self.name);
        for container in list(&pod["containers"]).iter().chain(list(&pod["initContainers"])) {
            let context = &container["securityContext"];
            assert_eq!(context["allowPrivilegeEscalation"], false, "{}", self.name);
            assert_eq!(context["readOnlyRootFilesystem"], true, "{}", self.name);
            assert_eq!(context["capabilities"]["drop"][0], "ALL", "{}", self.name);
            assert!(container["resources"]["limits"]["memory"].is_string(), "{}", self.name);
        }
    }

    /// Live by /health, ready by /ready, and with as much time to end as the drain and the shutdown take.
    fn is_probed_and_drained(&self, pod: &Value) {
        let container = &pod["containers"][0];
        assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/health", "{}", self.name);
        assert_eq!(container["startupProbe"]["httpGet"]["path"], "/health", "{}", self.name);
        assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/ready", "{}", self.name);
        let command: Vec<_> = list(&container["lifecycle"]["preStop"]["exec"]["command"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(command[..2], ["/sluice", "drain"], "{}", self.name);
        let drain = command[2].strip_prefix("--timeout=").and_then(|timeout| timeout.strip_suffix('s'));
        let drain: u64 = drain.and_then(|seconds| seconds.parse().ok()).expect("a timeout in seconds");
        let grace = pod["terminationGracePeriodSeconds"].as_u64().expect("a grace period");
        assert!(
            grace >= drain + SHUTDOWN_SECONDS + 10,
            "{}: {grace} s for {drain} s and a shutdown",
            self.name
        );
        // The real binary knows the command; nobody listens there.
        let mut known = in_a_pod();
        let output = known.args(&command[1..]).args(["--admin", "127.0.0.1:1"]).output().expect("a binary");
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        assert!(words(&output).contains("nobody answers at 127.0.0.1:1"), "{}", words(&output));
    }

    /// The configurations that the arguments name are in the ConfigMap that is mounted there, and good.
    fn runs_good_configurations(&self, pod: &Value) {
        let container = &pod["containers"][0];
        let volumes = list(&pod["volumes"]);
        for mount in
            list(&container["volumeMounts"]).iter().chain(list(&pod["initContainers"][0]["volumeMounts"]))
        {
            assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]), "{}: {mount:?}", self.name);
        }
        let conf = volumes.iter().find(|volume| volume["name"] == "conf").expect("a configuration");
        let data = &self.named("ConfigMap", &conf["configMap"]["name"])["data"];
        let folder = TempDir::new().expect("a temporary folder");
        let mut sources = Vec::new();
        for argument in list(&container["args"]).iter().filter_map(Value::as_str) {
            let file = argument.strip_prefix("--config=/conf/").expect("a configuration");
            let path = folder.path().join(file);
            let text = data[file].as_str().unwrap_or_else(|| panic!("{}: no {file}", self.name));
            std::fs::write(&path, text).expect("a file");
            sources.push(path.display().to_string());
        }
        assert_good(&sources, &self.name);
        self.listens_where_ports_are(&sources, list(&container["ports"]));
    }

    /// What is in effect listens on the pod's address, at the ports that the pod tells of.
    fn listens_where_ports_are(&self, sources: &[String], ports: &[Value]) {
        let mut command = in_a_pod();
        command.arg("config");
        sources.iter().for_each(|source| {
            command.args(["--config", source]);
        });
        let output = command.output().expect("a binary that starts");
        let effective = String::from_utf8_lossy(&output.stdout);
        for port in ports {
            let port = port["containerPort"].as_u64().expect("a port");
            let listens = effective.contains(&format!("10.1.2.3:{port}"))
                || effective.contains("host: 10.1.2.3") && effective.contains(&format!("port: {port}"));
            assert!(listens, "{}: nothing listens at {port}:\n{effective}", self.name);
        }
    }
}

/// Whether these labels are among those of a pod.
fn selects(labels: &Value, pod: &Value) -> bool {
    let labels = labels.as_mapping().expect("labels");
    !labels.is_empty() && labels.iter().all(|(key, value)| pod["metadata"]["labels"].get(key) == Some(value))
}

/// A list, or none.
fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}
