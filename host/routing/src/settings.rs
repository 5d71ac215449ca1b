use std::sync::Arc;
use std::time::Duration;

use sluice_exporter::{ClientSettings, LaneSettings, QueueSettings, RetrySettings};
use sluice_otlp::Signal;
use sluice_plugin::RoutingKey;
use sluice_ring::Generation;

/// One block of the load-balancing exporter.
#[derive(Clone, Debug)]
pub struct LoadBalancerSettings {
    /// The block's id as it is written, such as `loadbalancing` or `loadbalancing/eu`.
    pub id: String,
    /// How the ring is made.
    pub generation: Generation,
    /// Level 2, for every backend: its queue and retry (`protocol.otlp`).
    pub lane: Arc<LaneSettings>,
    /// How backends are talked to (`protocol.otlp`).
    pub client: ClientSettings,
    /// Level 1: where requests wait unrouted; `None`, or not enabled: they are routed while the client waits.
    pub queue: Option<QueueSettings>,
    /// Level 1: how what could not be delivered is routed and sent again.
    pub retry: RetrySettings,
    /// How long one attempt to deliver a request may take at level 1; zero: as long as level 2 takes.
    pub timeout: Duration,
    /// No request to a backend is larger, uncompressed.
    pub max_request_bytes: usize,
}

impl LoadBalancerSettings {
    /// The queue of level 1, where there is one.
    pub(crate) fn enabled_queue(&self) -> Option<&QueueSettings> {
        self.queue.as_ref().filter(|queue| queue.enabled)
    }

    /// The label `exporter` of what concerns one backend.
    pub(crate) fn label(&self, address: &str) -> String {
        format!("{}/{address}", self.id)
    }
}

/// Which plugin makes the keys of which signal.
#[derive(Clone, Debug, Default)]
pub struct RoutingKeys {
    /// Keys of spans.
    pub traces: Option<Arc<RoutingKey>>,
    /// Keys of log records.
    pub logs: Option<Arc<RoutingKey>>,
    /// Keys of data points.
    pub metrics: Option<Arc<RoutingKey>>,
}

impl RoutingKeys {
    /// The plugin for a signal; `None` when no pipeline of that signal leads here.
    pub(crate) fn of(&self, signal: Signal) -> Option<&RoutingKey> {
        match signal {
            Signal::Traces => self.traces.as_deref(),
            Signal::Logs => self.logs.as_deref(),
            Signal::Metrics => self.metrics.as_deref(),
        }
    }

    /// One of the signals that backends get.
    pub(crate) fn a_signal(&self) -> Option<Signal> {
        Signal::ALL.into_iter().find(|signal| self.of(*signal).is_some())
    }
}
