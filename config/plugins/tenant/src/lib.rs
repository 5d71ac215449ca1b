//! Routes by tenant: a request header, else a resource attribute.

use sluice_sdk::table::Resources;
use sluice_sdk::{Missing, Plan, RoutingKey, Signal, export_routing_key};

/// Where a tenant's name is found.
#[derive(Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tenant {
    header: String,
    attribute: String,
}

impl Default for Tenant {
    fn default() -> Self {
        Self { header: "x-tenant".to_owned(), attribute: "tenant.id".to_owned() }
    }
}

impl RoutingKey for Tenant {
    const NAME: &'static str = "tenant";

    fn plan(self, _: Signal) -> Result<Plan, String> {
        let mut plan = Plan::new(Missing::Empty);
        let mut stage = plan.stage(Resources);
        let header = stage.header(&self.header);
        let attribute = stage.text(Resources, &self.attribute);
        stage.key(move |row, key| {
            if let Some(tenant) = row.get(header).or_else(|| row.get(attribute)) {
                key.write(tenant);
            }
        });
        Ok(plan)
    }
}

export_routing_key!(Tenant);
