//! A single look at the EndpointSlices of a Service.

use k8s_openapi::api::discovery::v1::{Endpoint, EndpointSlice};
use kube::Api;
use kube::api::ListParams;

use super::K8sSettings;
use super::access::Access;
use super::set::MOST_ENDPOINTS;
use super::slice;
use super::trouble::{Trouble, of_client};
use super::wire::PAGE;
use crate::{Record, ResolverError, Sighting};

impl K8sSettings {
    /// What the EndpointSlices of the Service say now: every endpoint, those that are left out, too. It takes the
    /// permission to `list`. The caller bounds the time.
    ///
    /// # Errors
    /// When the API server cannot be asked, or refuses; with what to do about it.
    pub async fn look(&self) -> Result<Vec<Sighting>, ResolverError> {
        self.look_by(&Access::FromEnvironment).await.map_err(|trouble| trouble.of_look())
    }

    pub(super) async fn look_by(&self, access: &Access) -> Result<Vec<Sighting>, Trouble> {
        let namespace = self.own_namespace();
        let client = access.brief_client().await?;
        let api: Api<EndpointSlice> = Api::namespaced(client, &namespace);
        let mut page =
            ListParams::default().labels(&format!("kubernetes.io/service-name={}", self.service)).limit(PAGE);
        let mut seen = Vec::new();
        loop {
            let listed = api.list(&page).await.map_err(|error| of_client(&error, "list", &namespace))?;
            for slice in listed.items {
                seen.extend(self.endpoints_of(slice, &namespace));
            }
            if seen.len() > MOST_ENDPOINTS {
                return Err(Trouble::TooMany);
            }
            match listed.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page.continue_token = Some(token),
                None => return Ok(seen),
            }
        }
    }

    /// What the watcher would make of each endpoint, if it were the slice's only one.
    fn endpoints_of(&self, mut slice: EndpointSlice, namespace: &str) -> Vec<Sighting> {
        let endpoints = std::mem::take(&mut slice.endpoints);
        let mut seen = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            slice.endpoints = vec![endpoint];
            let endpoints = slice::read(&slice, self, namespace).endpoints;
            let name = slice.metadata.name.clone().unwrap_or_default();
            seen.extend(
                slice.endpoints.pop().map(|endpoint| Sighting { record: record(name, endpoint), endpoints }),
            );
        }
        seen
    }
}

fn record(slice: String, endpoint: Endpoint) -> Record {
    let conditions = endpoint.conditions.unwrap_or_default();
    Record::SliceEndpoint {
        slice,
        addresses: endpoint.addresses,
        is_ready: conditions.ready != Some(false),
        is_terminating: conditions.terminating == Some(true),
        zone: endpoint.zone,
        pod: endpoint.target_ref.and_then(|target| target.name),
    }
}
