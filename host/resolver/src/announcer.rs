use std::collections::BTreeSet;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::guard::{Guard, Ruling};
use crate::metrics::ResolverSeries;
use crate::{Endpoints, GuardSettings, dial_address};

/// Tells those who watch, the log and the metrics of a list of endpoints, when it is another than before.
#[derive(Debug)]
pub(crate) struct Announcer {
    current: watch::Sender<Option<Endpoints>>,
    trouble: watch::Sender<Option<String>>,
    series: ResolverSeries,
    guard: Guard,
}

impl Announcer {
    pub(crate) fn new(series: ResolverSeries) -> Self {
        Self::guarded(series, GuardSettings::default())
    }

    /// One that does not believe every list. What is held back counts as a success; that it is held back, besides.
    pub(crate) fn guarded(series: ResolverSeries, guard: GuardSettings) -> Self {
        Self {
            current: watch::Sender::new(None),
            trouble: watch::Sender::new(None),
            series,
            guard: Guard::new(guard),
        }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Option<Endpoints>> {
        self.current.subscribe()
    }

    /// What is wrong at present, for those who ask.
    pub(crate) fn watch_trouble(&self) -> watch::Receiver<Option<String>> {
        self.trouble.subscribe()
    }

    /// Something is wrong from now on, or nothing is.
    pub(crate) fn troubled(&self, trouble: Option<&str>) {
        self.trouble.send_if_modified(|told| {
            let is_new = told.as_deref() != trouble;
            if is_new {
                *told = trouble.map(str::to_owned);
            }
            is_new
        });
    }

    /// How long the list is that was announced last.
    pub(crate) fn announced(&self) -> usize {
        self.current.borrow().as_ref().map_or(0, |list| list.len())
    }

    /// Whether the last list was held back: told again, it may be taken.
    pub(crate) fn holds_back(&self) -> bool {
        self.guard.holds()
    }

    /// A look-up gave this list.
    pub(crate) fn succeeded(&mut self, endpoints: Vec<String>) {
        self.series.succeeded.inc();
        self.announce(endpoints);
    }

    /// A look-up failed, wholly or in part; `kept` is the list to go on with, where it is not the last.
    pub(crate) fn failed(&mut self, kept: Option<Vec<String>>) {
        self.series.failed.inc();
        if let Some(endpoints) = kept {
            self.announce(endpoints);
        }
    }

    fn announce(&mut self, mut endpoints: Vec<String>) {
        endpoints.sort_unstable();
        let before = self.current.borrow().clone().unwrap_or_default();
        if *before == *endpoints {
            self.guard.confirmed();
            return;
        }
        if let Ruling::HeldBack(reason) = self.guard.judge(before.len(), endpoints.len(), Instant::now()) {
            self.series.held_back.inc();
            if let Some(reason) = reason {
                tracing::warn!("the list before is kept: {reason}");
            }
            return;
        }
        let (old, new) = (addresses(&before), addresses(&endpoints));
        new.difference(&old).for_each(|address| tracing::info!("backend {address} added"));
        old.difference(&new).for_each(|address| tracing::info!("backend {address} removed"));
        self.series.backends.inc_by(endpoints.len() as i64 - before.len() as i64);
        self.series.updates.inc();
        self.current.send_replace(Some(endpoints.into()));
    }
}

/// What is dialled; a static list may have one twice.
fn addresses(endpoints: &[String]) -> BTreeSet<String> {
    endpoints.iter().map(|text| dial_address(text)).collect()
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.series.backends.dec_by(self.announced() as i64);
    }
}
