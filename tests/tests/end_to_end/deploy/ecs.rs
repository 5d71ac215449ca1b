//! The task definitions for ECS.

use serde_json::Value;
use sluice_tests::deploy::deploy;
use sluice_tests::programs::words;

use super::{assert_good, in_a_pod};

fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(deploy("ecs").join(name)).expect("a file");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Each task runs a good configuration, as nobody on a read-only root, and its health check is a command of the binary's.
#[test]
fn tasks_run_good_configurations() {
    for tier in ["gateway", "sampler"] {
        let task = json(&format!("{tier}-task.json"));
        let container = &task["containerDefinitions"][0];
        assert_eq!(container["readonlyRootFilesystem"], true);
        assert_eq!(container["user"], "65532:65532");
        let parameter = container["secrets"][0]["valueFrom"].as_str().expect("a parameter");
        assert!(parameter.ends_with(&format!(":parameter/sluice/{tier}")), "{parameter}");
        assert_eq!(container["command"][0], "--config=env:SLUICE_CONFIG");
        assert!(container["stopTimeout"].as_u64().expect("seconds") > 30, "more than shutdown_timeout");

        let file = deploy("ecs").join(format!("{tier}.yaml"));
        assert_good(&[file.display().to_string()], tier);

        let check: Vec<&str> = container["healthCheck"]["command"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(check[..3], ["CMD", "/sluice", "health"]);
        // At a port of the system's choice nobody listens: the check is a command, and it fails.
        let yaml = std::fs::read_to_string(&file).expect("a file").replace(":13133", ":1");
        let mut command = in_a_pod();
        let output =
            command.args(&check[2..]).env("SLUICE_CONFIG", yaml).output().expect("a binary that starts");
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        assert!(words(&output).contains("nobody answers at 127.0.0.1:1"), "{tier}: {}", words(&output));
    }
}

/// The gateway may ask Cloud Map who is there, and nothing else.
#[test]
fn the_gateway_may_discover_only() {
    let policy = json("gateway-policy.json");
    assert_eq!(policy["Statement"].as_array().expect("a list").len(), 1);
    assert_eq!(policy["Statement"][0]["Action"], "servicediscovery:DiscoverInstances");
    assert_eq!(json("sampler-service.json")["taskDefinition"], json("sampler-task.json")["family"]);
}
