//! Whether one instance answers at a backend's address, or several do, as behind a Service with a cluster IP.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use sluice_exporter::{ClientSettings, Instances};
use sluice_instance::Known;
use sluice_otlp::Signal;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::shared::Shared;

/// The lanes share one connection, which may last for ever and always lead to the same instance; so a backend that is the
/// only one is connected to so many times more. With two instances behind it, that they are not both met is 1 in 256.
const MORE_CONNECTIONS: usize = 8;

/// Between them. Meanwhile the lanes' own connection is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long one of them may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Tells, once, when several instances answer at a backend's address. It looks out until it is dropped.
#[derive(Debug)]
pub(crate) struct Lookout {
    is_alone: watch::Sender<bool>,
    _looking: JoinSet<()>,
}

/// What is looked at.
struct Post {
    exporter: String,
    endpoint: String,
    instances: Arc<Instances>,
    client: ClientSettings,
    /// One that the backend gets; `None`: it gets nothing.
    signal: Option<Signal>,
    shared_addresses: Gauge,
}

impl Lookout {
    /// Needs a tokio runtime.
    pub(super) fn start(endpoint: &str, instances: Arc<Instances>, shared: &Shared) -> Self {
        let settings = shared.settings();
        let post = Post {
            exporter: settings.id.clone(),
            endpoint: endpoint.to_owned(),
            instances,
            client: settings.client.clone(),
            signal: shared.router().a_signal(),
            shared_addresses: shared.metrics().shared_addresses(&settings.id),
        };
        let is_alone = watch::Sender::new(false);
        let mut looking = JoinSet::new();
        looking.spawn(post.look(is_alone.subscribe()));
        Self { is_alone, _looking: looking }
    }

    /// Whether there is no other backend, which is what a service that is not headless looks like.
    pub(super) fn set_alone(&self, is_alone: bool) {
        self.is_alone.send_if_modified(|before| std::mem::replace(before, is_alone) != is_alone);
    }
}

impl Post {
    async fn look(self, is_alone: watch::Receiver<bool>) {
        let mut known = self.instances.watch();
        let looking_closer = async {
            self.look_closer(is_alone).await;
            std::future::pending().await
        };
        tokio::select! {
            are_several = known.wait_for(|known| *known == Known::Several) => {
                if are_several.is_err() {
                    return;
                }
            }
            () = looking_closer => {}
        }
        tracing::warn!(
            exporter = %self.exporter,
            endpoint = %self.endpoint,
            "connections to this address land on different instances of Sluice, so its traffic is not routed by key and \
             traces are split: if it is a Kubernetes service, it has a cluster IP; write `clusterIP: None` into the \
             service, or take away what else spreads connections between the tiers"
        );
        let _counted = Counted::new(self.shared_addresses);
        std::future::pending().await
    }

    /// Makes more connections to the only backend there is, once it is known to be one of ours.
    async fn look_closer(&self, mut is_alone: watch::Receiver<bool>) {
        let mut known = self.instances.watch();
        let (Ok(_), Ok(_)) = (
            known.wait_for(|known| *known != Known::Nothing).await.map(|_| ()),
            is_alone.wait_for(|is_alone| *is_alone).await.map(|_| ()),
        ) else {
            return;
        };
        let Some(signal) = self.signal else { return };
        for _ in 0..MORE_CONNECTIONS {
            self.instances.ask_anew(&self.endpoint, &self.client, signal, TIMEOUT).await;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Counts an address as long as it is a backend.
struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
