use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_stream::StreamExt;

use super::K8sSettings;
use super::access::Access;
use super::backoff::Backoff;
use super::history::History;
use super::set::{EndpointSet, TooMany};
use super::settling::Settling;
use super::slice;
use super::trouble::{Setback, Trouble};
use super::wire::{GRACE, LastWord, PAGE};
use crate::announcer::Announcer;
use crate::metrics::ResolverMetrics;
use crate::status::{Asked, ResolverStatus};

/// Between two attempts; so long may a role that was added go unnoticed.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// When what is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    /// How long a watch lasts.
    watch: Duration,
}

impl Schedule {
    /// Everything is listed again so often, with a new client: a watch that goes wrong in silence, as after a store was
    /// restored from a copy, goes wrong no longer.
    const LIST: Duration = Duration::from_secs(600);
    /// The API server ends watches of more than five minutes as it likes.
    const LONGEST_WATCH: Duration = Duration::from_secs(290);

    pub(super) fn new(timeout: Duration) -> Self {
        let whole = Duration::from_secs(timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0));
        let watch = if whole.is_zero() { Duration::from_secs(60) } else { whole };
        Self { watch: watch.min(Self::LONGEST_WATCH) }
    }

    /// A server that is well says something within this.
    pub(super) fn longest_silence(self) -> Duration {
        self.watch + GRACE
    }
}

/// Why a watch is given up.
enum End {
    /// It is time to list everything again.
    Relist,
    /// After a while: something is wrong.
    Failed,
}

/// Watches the slices of a Service, and announces what changed.
#[derive(Debug)]
pub(crate) struct Watcher {
    settings: K8sSettings,
    namespace: String,
    access: Access,
    schedule: Schedule,
    announcer: Announcer,
    last_word: Arc<LastWord>,
    set: EndpointSet,
    settling: Settling,
    backoff: Backoff,
    /// What is wrong with the API server, and with what it says.
    link: History,
    content: History,
    /// When the link failed last: a word after that says that it is well again.
    failed_at: Instant,
    is_watching: bool,
}

impl Watcher {
    pub(crate) fn new(settings: K8sSettings, access: Access, metrics: &ResolverMetrics) -> Self {
        let namespace = settings.own_namespace();
        settings.tell_of_namespace();
        let last_answer = metrics.last_answer("k8s", &format!("{}.{namespace}", settings.service));
        Self {
            schedule: Schedule::new(settings.timeout),
            announcer: Announcer::guarded(metrics.series("k8s"), settings.guard),
            last_word: Arc::new(LastWord::new(last_answer)),
            set: EndpointSet::default(),
            settling: Settling::default(),
            backoff: Backoff::up_to(LONGEST_WAIT),
            link: History::default(),
            content: History::default(),
            failed_at: Instant::now(),
            is_watching: false,
            settings,
            namespace,
            access,
        }
    }

    /// The same, for a test that has many failures to wait for.
    #[cfg(test)]
    pub(super) fn in_a_hurry(mut self) -> Self {
        self.backoff = Backoff::up_to(Duration::from_millis(500));
        self
    }

    /// Where its state is to be seen while it runs.
    pub(crate) fn status(&self) -> ResolverStatus {
        let asked = Asked { name: self.service(), last_answer: self.last_word.gauge() };
        ResolverStatus::new("k8s", Some(asked), self.announcer.watch(), self.announcer.watch_trouble())
    }

    /// Never ends by itself.
    pub(crate) async fn run(mut self) {
        loop {
            let end = match self.access.client(self.schedule, Arc::clone(&self.last_word)).await {
                Ok(client) => self.follow(client).await,
                Err(trouble) => {
                    self.link_failed(&trouble);
                    End::Failed
                }
            };
            if let End::Failed = end {
                sleep(self.backoff.failed(fastrand::f64())).await;
            }
        }
    }

    /// Lists and watches, until everything has to be listed again.
    async fn follow(&mut self, client: Client) -> End {
        let config = watcher::Config::default()
            .labels(&format!("kubernetes.io/service-name={}", self.settings.service))
            .timeout(u32::try_from(self.schedule.watch.as_secs()).unwrap_or(u32::MAX))
            .page_size(PAGE);
        let api: Api<EndpointSlice> = Api::namespaced(client, &self.namespace);
        let mut events = pin!(watcher(api, config));
        let relist = Instant::now() + Schedule::LIST.mul_f64(0.9 + 0.2 * fastrand::f64());
        let mut look = interval(Duration::from_secs(1));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut not_before = Instant::now();
        loop {
            let due = self.settling.due();
            tokio::select! {
                event = next_after(not_before, events.next()) => match event {
                    Some(Ok(event)) => self.apply(event),
                    Some(Err(error)) => match Setback::of(&error, &self.namespace) {
                        Setback::Expired => {
                            tracing::debug!(service = self.settings.service, "the watch has expired");
                            not_before = Instant::now() + self.backoff.failed(fastrand::f64());
                        }
                        Setback::Trouble { trouble, list_again } => {
                            self.link_failed(&trouble);
                            if list_again {
                                return End::Failed;
                            }
                            not_before = Instant::now() + self.backoff.failed(fastrand::f64());
                        }
                    },
                    None => return End::Failed,
                },
                () = sleep_until(due.unwrap_or(relist)), if due.is_some() => self.announce(),
                _ = look.tick() => self.look(Instant::now()),
                () = sleep_until(relist) => return End::Relist,
            }
        }
    }

    fn apply(&mut self, event: Event<EndpointSlice>) {
        match event {
            Event::Init => self.set.begin(),
            Event::InitApply(slice) => {
                let (name, reading) = self.read(slice);
                self.set.list(name, reading);
            }
            Event::InitDone => {
                self.set.end();
                self.announce();
            }
            Event::Apply(slice) => {
                let (name, reading) = self.read(slice);
                self.set.put(name, reading);
                self.settling.changed(Instant::now());
            }
            Event::Delete(slice) => {
                self.set.remove(&slice.metadata.name.unwrap_or_default());
                self.settling.changed(Instant::now());
            }
        }
    }

    fn read(&self, slice: EndpointSlice) -> (String, slice::Reading) {
        let reading = slice::read(&slice, &self.settings, &self.namespace);
        (slice.metadata.name.unwrap_or_default(), reading)
    }

    /// Tells of the set as it is now.
    fn announce(&mut self) {
        self.settling.settled();
        let doubts = self.set.doubts();
        match self.set.endpoints() {
            Err(TooMany) => self.content_failed(&Trouble::TooMany),
            Ok(endpoints) if endpoints.is_empty() && doubts.is_none() => self.content_failed(&Trouble::Empty),
            Ok(endpoints) if !doubts.is_none() => {
                self.content_failed(&Trouble::Doubtful(doubts));
                if !endpoints.is_empty() {
                    self.announcer.succeeded(endpoints);
                }
            }
            Ok(endpoints) => {
                if self.content.is_over().is_some() {
                    tracing::info!(service = self.service(), "every endpoint of the Service is taken again");
                }
                self.announcer.succeeded(endpoints);
            }
        }
        self.tell_trouble();
        if !self.is_watching {
            self.is_watching = true;
            let endpoints = self.announcer.announced();
            tracing::info!(service = self.service(), endpoints, "watching the EndpointSlices of the Service");
        }
    }

    /// Whether the API server has spoken again, or not for too long.
    fn look(&mut self, now: Instant) {
        if self.last_word.of_watch() > self.failed_at {
            self.backoff.succeeded();
            if let Some(failures) = self.link.is_over() {
                tracing::info!(service = self.service(), failures, "the API server tells of endpoints again");
                self.tell_trouble();
            }
        }
        if self.announcer.holds_back() {
            // Nobody tells of it again, as a look-up would.
            self.settling.changed(now);
        }
        let heard = self.last_word.at();
        let silence = now.saturating_duration_since(heard.max(self.failed_at));
        if silence > self.schedule.longest_silence() && !self.link.is_troubled() {
            self.link_failed(&Trouble::Silent(now.saturating_duration_since(heard)));
        }
    }

    fn link_failed(&mut self, trouble: &Trouble) {
        self.failed_at = Instant::now();
        let is_new = self.link.met(trouble);
        self.failed(trouble, is_new);
    }

    fn content_failed(&mut self, trouble: &Trouble) {
        let is_new = self.content.met(trouble);
        self.failed(trouble, is_new);
    }

    fn failed(&mut self, trouble: &Trouble, is_new: bool) {
        self.announcer.failed(None);
        self.tell_trouble();
        if is_new {
            let kept = self.announcer.announced();
            tracing::warn!(
                resolver = "k8s",
                service = self.service(),
                "{trouble}; {kept} endpoints are kept"
            );
        }
    }

    /// Without the API server nothing new is known of the endpoints, so trouble with it comes first.
    fn tell_trouble(&self) {
        self.announcer.troubled(self.link.words().or(self.content.words()));
    }

    fn service(&self) -> String {
        format!("{}.{}", self.settings.service, self.namespace)
    }
}

/// The next event, not asked for before a time: kube's watcher tries again when it is asked.
async fn next_after<T>(time: Instant, next: impl Future<Output = T>) -> T {
    sleep_until(time).await;
    next.await
}
