//! When our certificates expire: told before it is too late.
//!
//! A certificate that nobody renews breaks every connection on one day. So each one that is in use is looked at when
//! it is loaded, when it changes, and each hour, and the log tells of it at 30 and at 7 days before its end, and at
//! its end: each once. The list of those in use is the process's own, as with `sluice-worker`'s dead workers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use sluice_worker::Alive;
use tokio::runtime::Handle;

use crate::not_after::not_after;

const DAY: i64 = 24 * 60 * 60;
/// How often a certificate that stays the same is looked at.
const PERIOD: Duration = Duration::from_secs(60 * 60);

static IN_USE: Mutex<Vec<Weak<Expiry>>> = Mutex::new(Vec::new());

/// When the certificates that are in use expire, in seconds since 1970, by the place of their settings in the
/// configuration; of several in one place the first to expire.
#[must_use]
pub fn expiries() -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for expiry in IN_USE.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
        let not_after = expiry.not_after.load(Ordering::Relaxed);
        if not_after != UNKNOWN {
            let first = all.entry(expiry.owner.clone()).or_insert(not_after);
            *first = not_after.min(*first);
        }
    }
    all
}

/// Of what is not loaded yet, or cannot be read.
const UNKNOWN: i64 = i64::MAX;

/// How far a certificate is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Fine,
    Month,
    Week,
    Expired,
}

impl Stage {
    fn of(not_after: i64, now: i64) -> Self {
        match not_after.saturating_sub(now) {
            left if left < 0 => Self::Expired,
            left if left <= 7 * DAY => Self::Week,
            left if left <= 30 * DAY => Self::Month,
            _ => Self::Fine,
        }
    }
}

/// Of one identity, whatever certificate it has now.
#[derive(Debug)]
pub(crate) struct Expiry {
    owner: String,
    not_after: AtomicI64,
    /// The stage that was told last.
    told: AtomicU8,
}

impl Expiry {
    /// Watches the certificates of `owner` for as long as the result is there. Without a tokio runtime they are looked
    /// at when they change, and not else.
    pub(crate) fn watch(owner: &str) -> Arc<Self> {
        let this = Arc::new(Self {
            owner: owner.to_owned(),
            not_after: AtomicI64::new(UNKNOWN),
            told: AtomicU8::new(Stage::Fine as u8),
        });
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        in_use.retain(|expiry| expiry.strong_count() > 0);
        in_use.push(Arc::downgrade(&this));
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(look_again(Arc::downgrade(&this), owner.to_owned()));
        }
        this
    }

    /// From now on `chain` is shown: as good as the one of its certificates that expires first.
    pub(crate) fn renew(&self, chain: &[CertificateDer<'_>]) {
        let not_after =
            chain.iter().filter_map(|certificate| not_after(certificate)).min().unwrap_or(UNKNOWN);
        if self.not_after.swap(not_after, Ordering::Relaxed) != not_after {
            self.told.store(Stage::Fine as u8, Ordering::Relaxed);
        }
        self.look(now());
    }

    /// Tells of a stage that has begun; whether it did.
    fn look(&self, now: i64) -> bool {
        let not_after = self.not_after.load(Ordering::Relaxed);
        let stage = Stage::of(not_after, now);
        if self.told.swap(stage as u8, Ordering::Relaxed) == stage as u8 || stage == Stage::Fine {
            return false;
        }
        let component = &*self.owner;
        if stage == Stage::Expired {
            tracing::error!(component, "the TLS certificate has expired; put a new one in its place");
        } else {
            let days = (not_after - now) / DAY;
            tracing::warn!(component, days, "the TLS certificate expires soon; put a new one in its place");
        }
        true
    }
}

/// Looks at a certificate each hour, until it is gone.
async fn look_again(expiry: Weak<Expiry>, owner: String) {
    let _alive = Alive::new(format!("the watch over the TLS certificate of {owner}"));
    loop {
        tokio::time::sleep(PERIOD).await;
        let Some(expiry) = expiry.upgrade() else { return };
        expiry.look(now());
    }
}

/// Seconds since 1970, of a clock that may be set.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "expiry_tests.rs"]
mod tests;
