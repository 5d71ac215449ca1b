use super::{Addresses, Arm, configuration};
use crate::load::options::Compression;

fn yaml(arm: Arm) -> serde_yaml::Value {
    let backends = ["127.0.0.1:1001".parse().unwrap(), "127.0.0.1:1002".parse().unwrap()];
    let addresses = Addresses {
        receiver: "127.0.0.1:1000".parse().unwrap(),
        metrics: "127.0.0.1:1003".parse().unwrap(),
        backends: &backends,
    };
    serde_yaml::from_str(&configuration(arm, &addresses, Compression::Gzip, false)).unwrap()
}

/// The routing arm is a load balancer over every backend.
#[test]
fn routing_has_every_backend() {
    let block = &yaml(Arm::Routing)["exporters"]["loadbalancing"];
    assert_eq!(block["resolver"]["static"]["hostnames"].as_sequence().unwrap().len(), 2);
    assert_eq!(block["protocol"]["otlp"]["compression"], "gzip");
    assert_eq!(block["protocol"]["otlp"]["sending_queue"]["enabled"], false);
}

/// The pass-through arm differs in nothing but the exporter.
#[test]
fn pass_through_has_one_backend() {
    let (pass, routing) = (yaml(Arm::PassThrough), yaml(Arm::Routing));
    assert_eq!(pass["exporters"]["otlp"]["endpoint"], "127.0.0.1:1001");
    assert_eq!(pass["exporters"]["otlp"]["compression"], "gzip");
    assert_eq!(pass["receivers"], routing["receivers"]);
    assert_eq!(pass["service"]["telemetry"], routing["service"]["telemetry"]);
}
