//! Whether we may watch the EndpointSlices of a Service: asked of the API server, which lets every account ask for its
//! own permissions.

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::api::PostParams;
use kube::{Api, Client};

use super::K8sSettings;
use super::access::Access;
use super::refusal::Refusal;
use super::trouble::{Trouble, of_client};
use crate::ResolverError;

/// What the API server lets us do with the EndpointSlices of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// All that the resolver needs, in this namespace.
    ListAndWatch {
        /// The Service's.
        namespace: String,
    },
    /// Lists, but no watches: the resolver works, with lists in place of news.
    ListOnly {
        /// Who lacks what, and the manifest that adds it.
        missing: String,
    },
    /// Not even lists: the resolver cannot work.
    Denied {
        /// Who lacks what, and the manifest that adds it.
        missing: String,
    },
}

impl K8sSettings {
    /// What the API server lets us do. The caller bounds the time.
    ///
    /// # Errors
    /// When the API server cannot be asked, or does not say; with what to do about it.
    pub async fn permission(&self) -> Result<Permission, ResolverError> {
        self.permission_by(&Access::FromEnvironment).await.map_err(|trouble| trouble.of_look())
    }

    pub(super) async fn permission_by(&self, access: &Access) -> Result<Permission, Trouble> {
        let namespace = self.own_namespace();
        let client = access.brief_client().await?;
        let (list, watch) =
            tokio::try_join!(may(&client, "list", &namespace), may(&client, "watch", &namespace))?;
        let verb = match (list, watch) {
            (true, true) => return Ok(Permission::ListAndWatch { namespace }),
            (true, false) => "watch",
            (false, true) => "list",
            (false, false) => "list or watch",
        };
        let user = user(&client).await;
        let missing = Trouble::Forbidden(Refusal::of(verb, &namespace, user.as_deref())).to_string();
        Ok(if list { Permission::ListOnly { missing } } else { Permission::Denied { missing } })
    }
}

/// Whether we may do this with the EndpointSlices of a namespace.
async fn may(client: &Client, verb: &str, namespace: &str) -> Result<bool, Trouble> {
    let attributes = ResourceAttributes {
        group: Some("discovery.k8s.io".to_owned()),
        resource: Some("endpointslices".to_owned()),
        verb: Some(verb.to_owned()),
        namespace: Some(namespace.to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec {
        resource_attributes: Some(attributes),
        ..SelfSubjectAccessReviewSpec::default()
    };
    let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
    let api: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let reviewed = api.create(&PostParams::default(), &review).await;
    let status = reviewed.map_err(|error| unreviewed(&error, namespace))?.status;
    Ok(status.is_some_and(|status| status.allowed))
}

/// That it does not let us ask says nothing about EndpointSlices.
fn unreviewed(error: &kube::Error, namespace: &str) -> Trouble {
    match error {
        kube::Error::Api(status) if status.code == 403 => {
            Trouble::Refused { code: status.code, message: status.message.clone() }
        }
        other => of_client(other, "list", namespace),
    }
}

/// Who we are to the API server. One that is older than 1.28 may not say.
async fn user(client: &Client) -> Option<String> {
    let api: Api<SelfSubjectReview> = Api::all(client.clone());
    let reviewed = api.create(&PostParams::default(), &SelfSubjectReview::default()).await.ok()?;
    reviewed.status?.user_info?.username
}
