//! RBAC, as far as the k8s resolver needs it.

use std::time::Duration;

use sluice_config::K8sResolver;
use sluice_resolver::Permission;

use super::check::{Check, Outcome};
use crate::gateway;

/// Whether the API server lets us watch the endpoints of the Service.
pub(super) async fn check(id: &str, k8s: &K8sResolver, timeout: Duration) -> Check {
    let what = format!("{id} permission");
    let settings = gateway::k8s_settings(k8s);
    match tokio::time::timeout(timeout, settings.permission()).await {
        Ok(Ok(Permission::ListAndWatch { namespace })) => Check::good(
            &what,
            &format!("`endpointslices` of namespace `{namespace}` may be listed and watched"),
        ),
        Ok(Ok(Permission::ListOnly { missing })) => {
            let said = format!(
                "backends are listed again and again, since their news may not be watched: {missing}"
            );
            Check::new(Outcome::Doubtful, &what, &said)
        }
        Ok(Ok(Permission::Denied { missing })) => Check::new(Outcome::Bad, &what, &missing),
        Ok(Err(error)) => Check::new(Outcome::Bad, &what, &error.to_string()),
        Err(_elapsed) => {
            let said = format!("the API server does not answer within {} s", timeout.as_secs());
            Check::new(Outcome::Bad, &what, &said)
        }
    }
}
