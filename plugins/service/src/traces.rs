//! The key of spans: `service.name=<value>|`.

use sluice_sdk::table::{Groups, Resources, Scopes};
use sluice_sdk::{AnyValue, KeyWriter, Missing, Plan};

use crate::SERVICE_NAME;

/// Resources first, which nearly always have the attribute; scopes and spans below one that has not.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::new(Missing::Empty);

    let mut stage = plan.stage(Resources);
    let of_resource = stage.any(Resources, SERVICE_NAME);
    stage.key(move |resource, key| {
        if let Some(service) = resource.get(of_resource) {
            write(service, key);
        }
    });

    let mut stage = plan.stage(Groups);
    let of_scope = stage.any(Scopes, SERVICE_NAME);
    let of_first_span = stage.any(Groups, SERVICE_NAME);
    stage.key(move |group, key| {
        let service = group.get(of_scope).or_else(|| group.get(of_first_span));
        write(service.unwrap_or(AnyValue::Empty), key);
    });
    plan
}

fn write(service: AnyValue<'_>, key: &mut KeyWriter) {
    key.write("service.name=");
    key.write_value(service);
    key.write("|");
}
