use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use sluice_exporter::{ExporterMetrics, LaneName, Ledger};
use sluice_pipeline::{Reason, Refusal, Reply};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::delivery::{Delivery, Pacing};
use crate::level_one::Returns;
use crate::metrics::RoutingMetrics;
use crate::router::Router;
use crate::settings::{LoadBalancerSettings, RoutingKeys};
use crate::table::{Placement, Table, Via, no_exporter};

/// When a client should try again while there is nobody to send to.
const NO_ENDPOINTS_RETRY_AFTER: Duration = Duration::from_secs(1);

/// What all parts of a load balancer share.
#[derive(Debug)]
pub(crate) struct Shared {
    settings: LoadBalancerSettings,
    router: Router,
    metrics: RoutingMetrics,
    exporter_metrics: ExporterMetrics,
    /// For items that are not bound to a backend.
    ledger: Arc<Ledger>,
    table: ArcSwap<Table>,
    /// How many tables were published.
    published: watch::Sender<u64>,
    returns: Returns,
    draining: CancellationToken,
    drain_until: OnceLock<Instant>,
}

impl Shared {
    pub(crate) fn new(
        settings: LoadBalancerSettings,
        keys: RoutingKeys,
        metrics: RoutingMetrics,
        exporter_metrics: ExporterMetrics,
    ) -> Self {
        let name = LaneName { exporter: settings.id.clone(), endpoint: String::new() };
        let ledger = Ledger::new(name, &exporter_metrics);
        let router = Router::new(
            &settings.id,
            keys,
            settings.max_request_bytes,
            settings.client.auth.clone(),
            Arc::clone(&ledger),
        );
        let placement = Placement::new(settings.generation, &[] as &[&str]);
        Self {
            router,
            metrics,
            exporter_metrics,
            ledger,
            table: ArcSwap::from_pointee(Table::new(placement, Vec::new())),
            published: watch::Sender::new(0),
            returns: Returns::default(),
            draining: CancellationToken::new(),
            drain_until: OnceLock::new(),
            settings,
        }
    }

    pub(crate) fn settings(&self) -> &LoadBalancerSettings {
        &self.settings
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    pub(crate) fn metrics(&self) -> &RoutingMetrics {
        &self.metrics
    }

    pub(crate) fn exporter_metrics(&self) -> &ExporterMetrics {
        &self.exporter_metrics
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(crate) fn returns(&self) -> &Returns {
        &self.returns
    }

    /// The table of now.
    pub(crate) fn table(&self) -> Arc<Table> {
        self.table.load_full()
    }

    /// Whether no other table has taken its place.
    pub(crate) fn is_current(&self, table: &Arc<Table>) -> bool {
        Arc::ptr_eq(&self.table.load(), table)
    }

    /// Routes by `table` from now on.
    pub(crate) fn publish(&self, table: Arc<Table>) {
        self.table.store(table);
        self.published.send_modify(|count| *count += 1);
    }

    /// Whether the resolver has yielded a list.
    pub(crate) fn is_ready(&self) -> bool {
        *self.published.borrow() > 0
    }

    /// Waits until the resolver has yielded a list, or draining begins.
    pub(crate) async fn ready(&self) {
        let mut published = self.published.subscribe();
        tokio::select! {
            _ = published.wait_for(|count| *count > 0) => {}
            () = self.draining.cancelled() => {}
        }
    }

    /// Waits before another attempt; less when the table changes, or draining begins.
    pub(crate) async fn pause(&self, wait: Duration) {
        let mut published = self.published.subscribe();
        let draining_begins = async {
            if self.draining.is_cancelled() {
                std::future::pending::<()>().await;
            }
            self.draining.cancelled().await;
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = published.changed() => {}
            () = draining_begins => {}
        }
    }

    /// From now on nothing is taken any more, and nothing tried any more after `until`.
    pub(crate) fn begin_draining(&self, until: Instant) -> Instant {
        let until = *self.drain_until.get_or_init(|| until);
        self.draining.cancel();
        until
    }

    /// Until when there is time, once draining has begun.
    pub(crate) fn drain_until(&self) -> Option<Instant> {
        self.drain_until.get().copied()
    }

    /// The earlier of a deadline and the end of draining.
    pub(crate) fn before_end(&self, deadline: Option<Instant>) -> Option<Instant> {
        deadline.into_iter().chain(self.drain_until()).min()
    }

    /// Why nothing can be taken now, if so.
    pub(crate) fn admit(&self) -> Result<(), Refusal> {
        if self.draining.is_cancelled() {
            let message = format!("{} is shutting down", self.settings.id);
            return Err(Refusal::new(Reason::ShuttingDown, message));
        }
        self.returns.admit()
    }

    /// What is said while the ring is empty.
    pub(crate) fn no_endpoints(&self) -> Refusal {
        let message =
            format!("{}: the resolver of {} has no endpoints yet", no_exporter(""), self.settings.id);
        Refusal::new(Reason::Unavailable, message).retry_after(NO_ENDPOINTS_RETRY_AFTER)
    }

    /// Delivers a payload while its client waits, and tries again what failed as long as it does.
    pub(crate) async fn deliver(&self, delivery: Delivery, deadline: Option<Instant>) -> Reply {
        let mut delivery = delivery;
        let mut pacing = Pacing::attended(&self.settings.retry, deadline, Instant::now());
        loop {
            let until = pacing.attempt_until(self.settings.timeout, Instant::now());
            let Err(refusal) = delivery.attempt(self, Via::Main, until).await else {
                return Ok(delivery.into_accepted());
            };
            let taken = delivery.was_taken();
            match pacing.after_failure(&refusal, taken, Instant::now(), fastrand::f64()) {
                Some(wait) => self.pause(wait).await,
                None => return Err(refusal),
            }
        }
    }
}
