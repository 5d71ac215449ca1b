//! What the tests of all resolvers share.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::{Endpoints, Resolver, ResolverError, ResolverMetrics};

/// Longer than anything here takes on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A resolver, what it yields, and what it measures.
pub(crate) struct Watched {
    pub(crate) resolver: Resolver,
    pub(crate) endpoints: watch::Receiver<Option<Endpoints>>,
    pub(crate) registry: Registry,
    /// The value of the label `resolver`.
    kind: &'static str,
}

impl Watched {
    pub(crate) fn new(
        kind: &'static str,
        resolver: impl FnOnce(&ResolverMetrics) -> Result<Resolver, ResolverError>,
    ) -> Self {
        let mut registry = Registry::default();
        let resolver = resolver(&ResolverMetrics::register(&mut registry)).unwrap();
        let endpoints = resolver.watch();
        Self { resolver, endpoints, registry, kind }
    }

    /// Waits until the list is this.
    pub(crate) async fn until(&mut self, expected: &[&str]) {
        let is_expected = |list: &Option<Endpoints>| list.as_deref().is_some_and(|list| *list == *expected);
        let waited = timeout(PATIENCE, self.endpoints.wait_for(is_expected)).await;
        assert!(waited.is_ok_and(|list| list.is_ok()), "{expected:?} never came");
    }

    pub(crate) fn current(&self) -> Vec<String> {
        self.endpoints.borrow().as_deref().unwrap_or_default().to_vec()
    }

    /// The value of a series, by how its line on the page begins.
    pub(crate) fn metric(&self, series: &str) -> u64 {
        metric(&self.registry, series)
    }

    pub(crate) fn failures(&self) -> u64 {
        self.resolutions(false)
    }

    pub(crate) fn successes(&self) -> u64 {
        self.resolutions(true)
    }

    fn resolutions(&self, success: bool) -> u64 {
        let kind = self.kind;
        let name = "otelcol_loadbalancer_num_resolutions_total";
        self.metric(&format!("{name}{{resolver=\"{kind}\",success=\"{success}\"}}"))
    }

    /// Waits until so many more look-ups failed.
    pub(crate) async fn until_failed(&self, more: u64) {
        let until = self.failures() + more;
        until_true(|| self.failures() >= until).await;
    }
}

/// The value of a series, by how its line on the page begins.
pub(crate) fn metric(registry: &Registry, series: &str) -> u64 {
    let mut page = String::new();
    encode(&mut page, registry).unwrap();
    let value = page.lines().find_map(|line| line.strip_prefix(series)).map(str::trim);
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {series} in\n{page}"))
}

/// Waits for a condition that nobody tells of.
pub(crate) async fn until_true(condition: impl Fn() -> bool) {
    let poll = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(timeout(PATIENCE, poll).await.is_ok(), "waited in vain");
}

/// The log as this thread writes it, for a test to read.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Gathers lines until the guard is dropped.
    pub(crate) fn gather() -> (Self, tracing::subscriber::DefaultGuard) {
        // Where there is one subscriber only, whether an event is of interest is asked of the thread that first comes
        // by it, and kept: a test without a log would switch it off for ours.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default()));
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || writer.clone())
            .finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn count(&self, phrase: &str) -> usize {
        self.text().matches(phrase).count()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
