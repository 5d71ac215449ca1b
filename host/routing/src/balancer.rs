use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use sluice_exporter::ExporterMetrics;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reply};
use sluice_resolver::Resolver;
use tokio::task::AbortHandle;

use crate::delivery::Delivery;
use crate::level_one::LevelOneQueue;
use crate::metrics::RoutingMetrics;
use crate::settings::{LoadBalancerSettings, RoutingKeys};
use crate::shared::Shared;
use crate::table::{Keeper, SERIES_LIFETIME};

/// The load-balancing exporter: one block of the configuration, for all three signals.
///
/// Without a queue at level 1, a client hears OK when every part of its request was taken by its backend, or
/// by that backend's queue where level 2 has one. Parts that failed are routed and sent again while the
/// client waits; if some still fail at the end, the client is refused and sends the whole request again.
/// Parts that were taken before then arrive twice: at least once is preferred to a loss.
#[derive(Debug)]
pub struct LoadBalancer {
    shared: Arc<Shared>,
    level_one: Option<LevelOneQueue>,
    keeper: AbortHandle,
    /// Yields endpoints as long as it lives.
    resolver: Resolver,
}

impl LoadBalancer {
    /// Starts following the resolver. Needs a tokio runtime.
    #[must_use]
    pub fn start(
        settings: LoadBalancerSettings,
        resolver: Resolver,
        keys: RoutingKeys,
        metrics: RoutingMetrics,
        exporter_metrics: ExporterMetrics,
    ) -> Self {
        let shared = Shared::new(settings, keys, metrics, exporter_metrics);
        Self::follow(shared, resolver, SERIES_LIFETIME)
    }

    fn follow(shared: Shared, resolver: Resolver, series_lifetime: Duration) -> Self {
        let shared = Arc::new(shared);
        let level_one = shared
            .settings()
            .enabled_queue()
            .map(|settings| LevelOneQueue::start(Arc::clone(&shared), settings));
        let keeper = Keeper::new(Arc::clone(&shared), series_lifetime);
        let mut endpoints = resolver.watch();
        // A static list is there already: whoever sends as soon as we listen must find it.
        keeper.catch_up(&mut endpoints);
        let keeper = tokio::spawn(keeper.follow(endpoints)).abort_handle();
        Self { shared, level_one, keeper, resolver }
    }

    /// Whether the resolver has yielded a first list of endpoints.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.shared.is_ready()
    }

    /// What yields the endpoints.
    #[must_use]
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Takes nothing any more and delivers what it holds: first what is not bound to a backend, then what
    /// waits for one. What is left at `until` is counted as lost, and logged.
    pub async fn drain(&self, until: Instant) {
        let until = self.shared.begin_draining(until);
        // Out of time: the lanes break off what is on its way, so the second wait is short.
        let _ = tokio::time::timeout_at(until.into(), self.finish_level_one()).await;
        let table = self.shared.table();
        join_all(table.backends().iter().map(|backend| backend.drain(until))).await;
        if let Some(level_one) = &self.level_one {
            level_one.close("no time was left to deliver it");
        }
        self.finish_level_one().await;
        self.shared.ledger().flush();
    }

    async fn finish_level_one(&self) {
        if let Some(level_one) = &self.level_one {
            level_one.finish().await;
        }
        self.shared.returns().finish().await;
    }
}

impl Consumer for LoadBalancer {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        async move {
            if payload.items() == 0 {
                return Ok(Accepted::all());
            }
            self.shared.admit()?;
            match &self.level_one {
                Some(level_one) => level_one.store(payload).await,
                None => {
                    let deadline = payload.deadline;
                    self.shared.deliver(Delivery::of(payload), deadline).await
                }
            }
        }
        .boxed()
    }
}

impl Drop for LoadBalancer {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}
