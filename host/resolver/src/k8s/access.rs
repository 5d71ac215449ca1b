use std::sync::Arc;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use prometheus_client::metrics::gauge::Gauge;

use super::K8sSettings;
use super::slice::is_host_name;
use super::trouble::{Trouble, in_full, of_client};
use super::watcher::Schedule;
use super::wire::{GRACE, LastWord, Wire};

/// Where the pod's own namespace stands, and the one that stands for it elsewhere.
const NAMESPACE_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
const NO_NAMESPACE: &str = "default";

/// How the API server is reached.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// By KUBECONFIG where it is set, else by the pod's service account, else by ~/.kube/config.
    FromEnvironment,
    #[cfg(test)]
    Given(Box<Config>),
}

impl Access {
    /// A client that notes its server's last word. The files are read anew, for they change.
    pub(super) async fn client(
        &self,
        schedule: Schedule,
        last_word: Arc<LastWord>,
    ) -> Result<Client, Trouble> {
        let mut config = self.config().await?;
        config.connect_timeout = Some(GRACE);
        // A list has no other bound. It starts with each request, for a connection may have rested before.
        config.read_timeout = Some(schedule.longest_silence());
        config.reset_reader_on_write = true;
        // It would hide failures for minutes; ours are told of.
        config.default_retry = false;
        // A kubeconfig may have a program run for its credentials, which takes its time.
        let built = tokio::task::spawn_blocking(move || ClientBuilder::try_from(config)).await;
        let builder =
            built.map_err(|error| Trouble::NoCluster(error.to_string()))?.map_err(
                |error| match of_client(&error, "list", NO_NAMESPACE) {
                    Trouble::Unreachable(reason) => Trouble::NoCluster(reason),
                    other => other,
                },
            )?;
        Ok(builder.with_layer(&Wire(last_word)).build())
    }

    /// A client for some requests, of whose words nobody keeps count.
    pub(super) async fn brief_client(&self) -> Result<Client, Trouble> {
        let last_word = Arc::new(LastWord::new(Gauge::default()));
        self.client(Schedule::new(Duration::ZERO), last_word).await
    }

    async fn config(&self) -> Result<Config, Trouble> {
        match self {
            Self::FromEnvironment => from_environment().await,
            #[cfg(test)]
            Self::Given(config) => Ok((**config).clone()),
        }
    }
}

async fn from_environment() -> Result<Config, Trouble> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let read = if is_set("KUBECONFIG") {
        Config::from_kubeconfig(&KubeConfigOptions::default()).await.map_err(|error| in_full(&error))
    } else if is_set("KUBERNETES_SERVICE_HOST") {
        Config::incluster().map_err(|error| in_full(&error))
    } else {
        Config::infer().await.map_err(|error| in_full(&error))
    };
    read.map_err(Trouble::NoCluster)
}

impl K8sSettings {
    /// The namespace of the Service: the pod's own where none is configured, else `default`.
    pub(super) fn own_namespace(&self) -> String {
        let of_pod = || namespace_of_pod().unwrap_or_else(|| NO_NAMESPACE.to_owned());
        self.namespace.clone().unwrap_or_else(of_pod)
    }

    /// Says in the log where the Service is looked for, unless the configuration does.
    pub(super) fn tell_of_namespace(&self) {
        if self.namespace.is_some() {
            return;
        }
        match namespace_of_pod() {
            Some(namespace) => {
                tracing::info!("the Service is looked for in the pod's own namespace `{namespace}`");
            }
            None => tracing::warn!(
                "the Service is looked for in namespace `{NO_NAMESPACE}`, since `service` names none, and \
                 {NAMESPACE_FILE} neither"
            ),
        }
    }
}

fn namespace_of_pod() -> Option<String> {
    let read = std::fs::read_to_string(NAMESPACE_FILE).unwrap_or_default();
    let namespace = read.trim();
    (!namespace.contains('.') && is_host_name(namespace)).then(|| namespace.to_owned())
}
