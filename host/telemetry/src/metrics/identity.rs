use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// Who the process is, as OpenTelemetry's resource attributes name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `service.name`.
    pub service_name: String,
    /// `service.version`; also the version of `sluice_build_info`.
    pub service_version: String,
    /// `service.instance.id`: unique among the instances of the service.
    pub service_instance_id: String,
}

/// Registers `target_info`, as the Collector has it, and `sluice_build_info{version}`.
pub fn register_identity(registry: &mut Registry, identity: &Identity) {
    let target = Info::new(vec![
        ("service_name", identity.service_name.clone()),
        ("service_version", identity.service_version.clone()),
        ("service_instance_id", identity.service_instance_id.clone()),
    ]);
    registry.register("target", "Target metadata", target);
    let build = Info::new(vec![("version", identity.service_version.clone())]);
    registry.register("sluice_build", "What was built", build);
}
