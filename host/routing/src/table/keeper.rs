use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sluice_exporter::{Client, Instances, Lane, LaneName, LaneSettings, Ledger, RetrySettings};
use sluice_resolver::Endpoints;
use sluice_worker::Alive;
use tokio::sync::watch;
use tracing::{error, info};

use super::backend::{Backend, Lanes};
use super::lookout::Lookout;
use super::{Placement, Table};
use crate::level_one::hand_back;
use crate::shared::Shared;

/// How long the series of a removed backend stay, so that the last of them is scraped.
pub(crate) const SERIES_LIFETIME: Duration = Duration::from_secs(300);

/// Keeps the table up to date with the resolver, off the data path.
///
/// New lanes are opened before the table with them is published, old ones retired after: nothing is routed
/// to a lane that is not there yet, and what an old one still holds is routed by the new table.
#[derive(Debug)]
pub(crate) struct Keeper {
    shared: Arc<Shared>,
    direct: Arc<LaneSettings>,
    series_lifetime: Duration,
}

impl Keeper {
    pub(crate) fn new(shared: Arc<Shared>, series_lifetime: Duration) -> Self {
        let level_two = &shared.settings().lane;
        let direct = LaneSettings { queue: None, retry: RetrySettings::disabled(), ..(**level_two).clone() };
        Self { shared, direct: Arc::new(direct), series_lifetime }
    }

    /// Routes by the newest list of endpoints, where there is one.
    pub(crate) fn catch_up(&self, endpoints: &mut watch::Receiver<Option<Endpoints>>) {
        let list = endpoints.borrow_and_update().clone();
        if let Some(list) = list {
            self.adopt(&list);
        }
    }

    /// Follows the resolver until it ends.
    pub(crate) async fn follow(self, mut endpoints: watch::Receiver<Option<Endpoints>>) {
        let _alive = Alive::new(format!("ring of {}", self.shared.settings().id));
        while endpoints.changed().await.is_ok() {
            self.catch_up(&mut endpoints);
        }
    }

    /// Routes by these endpoints from now on. The same ring again changes nothing.
    fn adopt(&self, endpoints: &[String]) {
        let before = self.shared.table();
        let placement = Placement::new(self.shared.settings().generation, endpoints);
        if self.shared.is_ready() && placement.ring() == before.placement().ring() {
            return;
        }
        let mut old: HashMap<&str, &Arc<Backend>> =
            before.backends().iter().map(|backend| (backend.address(), backend)).collect();
        let backends = placement
            .addresses()
            .iter()
            .map(|address| old.remove(address.as_str()).map_or_else(|| self.open(address), Arc::clone))
            .collect();
        let table = Arc::new(Table::new(placement, backends));
        let is_alone = table.backends().len() == 1;
        table.backends().iter().for_each(|backend| backend.set_alone(is_alone));
        self.tell(&before, &table);
        self.shared.publish(table);
        for backend in old.into_values() {
            self.retire(backend);
        }
    }

    fn open(&self, address: &str) -> Arc<Backend> {
        let settings = self.shared.settings();
        let metrics = self.shared.metrics().add_backend(&settings.id, address);
        let instances = Arc::new(Instances::default());
        let lanes = match Client::grpc_asking(address, &settings.client, Arc::clone(&instances)) {
            Ok(client) => Some(self.lanes(address, &client, instances)),
            Err(error) => {
                error!(exporter = %settings.id, endpoint = %address, %error, "failed to create new exporter for endpoint");
                None
            }
        };
        Arc::new(Backend::new(address, metrics, lanes))
    }

    fn lanes(&self, address: &str, client: &Client, instances: Arc<Instances>) -> Lanes {
        let shared = &self.shared;
        let name = LaneName { exporter: shared.settings().label(address), endpoint: address.to_owned() };
        let ledger = Ledger::new(name.clone(), shared.exporter_metrics());
        let start = |settings: &Arc<LaneSettings>| {
            let hand_back = hand_back(Arc::downgrade(shared), Arc::clone(&ledger));
            let metrics = shared.exporter_metrics().clone();
            Lane::start(name.clone(), client.clone(), Arc::clone(settings), metrics, hand_back)
        };
        let lookout = Lookout::start(address, instances, shared);
        Lanes { main: start(&shared.settings().lane), direct: start(&self.direct), lookout }
    }

    fn retire(&self, backend: &Backend) {
        backend.retire();
        let address = backend.address().to_owned();
        let (id, label) = (self.shared.settings().id.clone(), self.shared.settings().label(&address));
        let (metrics, exporter_metrics) =
            (self.shared.metrics().clone(), self.shared.exporter_metrics().clone());
        metrics.set_share(&id, &address, 0.0);
        let lifetime = self.series_lifetime;
        tokio::spawn(async move {
            tokio::time::sleep(lifetime).await;
            if metrics.remove_backend(&id, &address) {
                exporter_metrics.remove(&label);
            }
        });
    }

    fn tell(&self, before: &Table, now: &Table) {
        let id = &self.shared.settings().id;
        let (was, is) = (before.placement().ring().fingerprint(), now.placement().ring().fingerprint());
        self.shared.metrics().set_fingerprint(id, was, is);
        for (address, share) in now.placement().addresses().iter().zip(now.placement().shares()) {
            self.shared.metrics().set_share(id, address, share);
        }
        let backends = now.backends().len();
        info!(exporter = %id, backends, fingerprint = %format_args!("{is:016x}"), "the ring has changed");
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
