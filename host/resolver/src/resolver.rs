use std::sync::Arc;

use sluice_worker::Alive;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::announcer::Announcer;
use crate::aws_cloud_map::AwsCloudMapSettings;
use crate::dns::{DnsSettings, DnsSource};
use crate::k8s::{self, K8sSettings};
use crate::poller::{self, Poller};
use crate::status::Asked;
use crate::{GuardSettings, ResolverError, ResolverMetrics, ResolverStatus};

/// The texts of all backends, sorted; never empty.
pub type Endpoints = Arc<[String]>;

/// A watched list of endpoints. Ends, and with it all that watch it, when it is dropped.
#[derive(Debug)]
pub struct Resolver {
    status: ResolverStatus,
    _source: Source,
}

/// What keeps the list alive.
#[derive(Debug)]
#[allow(dead_code, reason = "held for what happens when it is dropped")]
enum Source {
    Fixed(Announcer),
    /// Aborted when dropped.
    Task(JoinSet<()>),
    /// The other end is somebody else's.
    Elsewhere,
}

impl Resolver {
    /// The endpoints of the configuration. They are sorted, and one that is listed twice stays so, as with
    /// the Collector.
    ///
    /// # Errors
    /// When the list is empty.
    pub fn fixed(hostnames: Vec<String>, metrics: &ResolverMetrics) -> Result<Self, ResolverError> {
        if hostnames.is_empty() {
            return Err(ResolverError::NoEndpoints);
        }
        let mut announcer = Announcer::new(metrics.series("static"));
        announcer.succeeded(hostnames);
        let status = ResolverStatus::new("static", None, announcer.watch(), announcer.watch_trouble());
        Ok(Self { status, _source: Source::Fixed(announcer) })
    }

    /// The addresses of a name, looked up at once and then at every interval, by a task that runs until
    /// the resolver is dropped. Must be called within a tokio runtime.
    ///
    /// That a look-up fails is no error, the first one included: the list then is still to come.
    ///
    /// # Errors
    /// When the name is missing, or can never be looked up.
    pub fn dns(settings: DnsSettings, metrics: &ResolverMetrics) -> Result<Self, ResolverError> {
        let guard = settings.guard;
        let source = DnsSource::new(settings, metrics.dns_series("dns"))?;
        Ok(Self::polling("dns", source, guard, metrics))
    }

    /// The endpoints of a Kubernetes Service, watched by a task that runs until the resolver is dropped. Must be called
    /// within a tokio runtime.
    ///
    /// That there is no API server, or that it refuses, is no error: the list then is still to come.
    ///
    /// # Errors
    /// When there is no Service.
    pub fn k8s(settings: K8sSettings, metrics: &ResolverMetrics) -> Result<Self, ResolverError> {
        if settings.service.is_empty() {
            return Err(ResolverError::NoService);
        }
        Ok(Self::watching(k8s::Watcher::new(settings, k8s::Access::FromEnvironment, metrics)))
    }

    pub(crate) fn watching(watcher: k8s::Watcher) -> Self {
        let status = watcher.status();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let _alive = Alive::new("k8s resolver");
            watcher.run().await;
        });
        Self { status, _source: Source::Task(tasks) }
    }

    /// A list that somebody else keeps, and tells of: a test, for one. It must keep the promises of [`Endpoints`].
    #[must_use]
    pub fn from_watch(endpoints: watch::Receiver<Option<Endpoints>>) -> Self {
        let (_, trouble) = watch::channel(None);
        Self {
            status: ResolverStatus::new("elsewhere", None, endpoints, trouble),
            _source: Source::Elsewhere,
        }
    }

    /// The instances of a service in AWS Cloud Map, asked for at once and then at every interval, by a task that
    /// runs until the resolver is dropped. Must be called within a tokio runtime.
    ///
    /// That a look-up fails is no error, for want of a region or of credentials neither.
    ///
    /// # Errors
    /// When namespace or service are missing, or the binary was built without this resolver.
    pub fn aws_cloud_map(
        settings: AwsCloudMapSettings,
        metrics: &ResolverMetrics,
    ) -> Result<Self, ResolverError> {
        #[cfg(feature = "aws-cloud-map")]
        {
            // The Collector's word for it in metrics.
            let kind = "aws";
            let guard = settings.guard;
            let source = crate::aws_cloud_map::CloudMapSource::new(settings, metrics.cloud_map_series(kind))?;
            Ok(Self::polling(kind, source, guard, metrics))
        }
        #[cfg(not(feature = "aws-cloud-map"))]
        {
            let _ = (settings, metrics);
            Err(ResolverError::LeftOut { resolver: "aws_cloud_map", feature: "aws-cloud-map" })
        }
    }

    /// Asks a source until it is dropped; `kind` is what metrics call it.
    pub(crate) fn polling(
        kind: &'static str,
        source: impl poller::Source + 'static,
        guard: GuardSettings,
        metrics: &ResolverMetrics,
    ) -> Self {
        let announcer = Announcer::guarded(metrics.series(kind), guard);
        let alive = Alive::new(format!("resolver of {}", source.name()));
        let last_answer = metrics.last_answer(kind, source.name());
        let asked = Asked { name: source.name().to_owned(), last_answer: last_answer.clone() };
        let status = ResolverStatus::new(kind, Some(asked), announcer.watch(), announcer.watch_trouble());
        let poller = Poller::new(source, announcer, last_answer);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let _alive = alive;
            poller.run().await;
        });
        Self { status, _source: Source::Task(tasks) }
    }

    /// The list as it is, and every later one. `None` until the first list is there.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Endpoints>> {
        self.status.endpoints().clone()
    }

    /// Where its state is to be seen, also when the resolver itself is in other hands.
    #[must_use]
    pub fn status(&self) -> ResolverStatus {
        self.status.clone()
    }
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
