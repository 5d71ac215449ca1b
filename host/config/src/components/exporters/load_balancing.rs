use std::time::Duration;

use super::resolver::NO_RESOLVER;
use super::retry::OuterRetry;
use super::{Balancer, OtlpExporter, Queue, ResolverConfig, Retry};
use crate::decode::{Block, Fields, Key, Node, Read, choice};
use crate::plugins::is_plugin_name;
use crate::types::id::Signal;
use crate::yaml::value::Value;

/// The `load_balancing` exporter.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancing {
    /// The plugin that says what belongs together; see [`LoadBalancing::routing_key_for`].
    pub routing_key: Option<String>,
    /// The settings of that plugin: the block named like it, or null.
    pub routing_key_settings: serde_json::Value,
    /// What becomes of items for which the plugin fails.
    pub on_error: OnError,
    /// Which of the Collector's rings places the keys.
    pub ring: Ring,
    /// How long delivery of one request may take, retries of this level not included; no limit when zero.
    pub timeout: Duration,
    /// Level 1: what no backend took is routed again, over the backends of then.
    pub retry_on_failure: Retry,
    /// Level 1: what waits to be routed.
    pub sending_queue: Queue,
    /// Level 2: how each backend is spoken to; a template, its endpoint is empty.
    pub otlp: OtlpExporter,
    /// Where the backends come from.
    pub resolver: ResolverConfig,
}

/// What becomes of items for which a plugin fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// They get a key that the host makes: their trace id, else their resource.
    Fallback,
    /// They are rejected, and the sender is told how many.
    Reject,
}

choice!(OnError: "fallback" => Fallback, "reject" => Reject);

/// The generations of the Collector's ring, and Sluice's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// Up to about v0.130.
    One,
    /// From about v0.131 to mid-2026.
    Two,
    /// The present one.
    Three,
    /// None of the Collector's: every backend has the same share.
    Balanced,
}

choice!(Ring: "3" => Three, "2" => Two, "1" => One, "balanced" => Balanced);

impl Default for LoadBalancing {
    fn default() -> Self {
        Self {
            routing_key: None,
            routing_key_settings: serde_json::Value::Null,
            on_error: OnError::Fallback,
            ring: Ring::Three,
            timeout: Duration::ZERO,
            retry_on_failure: Retry::off(),
            sending_queue: Queue::off(),
            otlp: OtlpExporter::default(),
            resolver: ResolverConfig::default(),
        }
    }
}

impl LoadBalancing {
    /// The routing key for a signal: the configured one, else traces go by `traceID`, the others by `service`.
    #[must_use]
    pub fn routing_key_for(&self, signal: Signal) -> &str {
        match (&self.routing_key, signal) {
            (Some(name), _) => name,
            (None, Signal::Traces) => "traceID",
            (None, Signal::Metrics | Signal::Logs) => "service",
        }
    }
}

impl Block for LoadBalancing {
    const KEYS: &'static [Key] = &[
        Key::new(
            "routing_key",
            "name of a plugin",
            "(traces `traceID`, others `service`)",
            "what belongs together",
        ),
        Key::new("on_error", "`fallback` or `reject`", "fallback", "for items on which the plugin fails")
            .own(),
        Key::new(
            "ring",
            "`3`, `2`, `1` or `balanced`",
            "3",
            "generation of the Collector's ring, or [Sluice's own](rings.md)",
        )
        .own(),
        Key::new("max_request_bytes", "bytes", "4128768", "cut what is larger, before compression").own(),
        Key::new("timeout", "duration", "0", "for the delivery of a request; 0: no limit"),
        Key::block("retry_on_failure", OuterRetry::KEYS),
        Key::block("sending_queue", Queue::KEYS).optional(),
        Key::new("queue", "block", "(none)", "another name of `sending_queue`").own(),
        Key::block("protocol", Protocol::KEYS),
        Key::block("resolver", ResolverConfig::KEYS),
        Key::refused("routing_attributes", "routing by attributes comes with a later release"),
        Key::inert("exporter_add_timeout", "a new backend never holds up the others"),
        Key::inert("exporter_shutdown_timeout", "what a backend leaves behind is routed again"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.fill_routing(fields);
        fields.read("timeout", &mut self.timeout);
        fields.read("retry_on_failure", &mut OuterRetry(&mut self.retry_on_failure));
        self.fill_queue(fields);
        fields.read("protocol", &mut Protocol(&mut self.otlp));
        self.fill_max_request_bytes(fields);
        match fields.get("resolver") {
            Some(node) => self.resolver.read(node),
            None => fields.error("resolver", NO_RESOLVER),
        }
    }

    fn further_key(node: &Node<'_>) -> Option<String> {
        let entries = node.entries()?;
        let (_, routing_key) = entries.iter().find(|(key, _)| *key == "routing_key")?;
        match routing_key.value {
            Value::Text(name) | Value::Expanded { text: name, .. } => Some(name.clone()),
            _ => None,
        }
    }
}

impl LoadBalancing {
    fn fill_routing(&mut self, fields: &Fields<'_>) {
        fields.read("routing_key", &mut self.routing_key);
        self.routing_key = self.routing_key.take().filter(|name| !name.is_empty());
        if let Some(name) = &self.routing_key {
            if !is_plugin_name(name) {
                fields.error("routing_key", "a plugin's name is letters, digits, `_`, `-` and `.`");
            }
            if let Some(settings) =
                fields.get(name).filter(|_| !Self::KEYS.iter().any(|key| key.name == name))
            {
                self.routing_key_settings = settings.value.to_json();
            }
        }
        fields.read("on_error", &mut self.on_error);
        fields.read("ring", &mut self.ring);
    }

    /// The bound stands here or in the template, not in both.
    fn fill_max_request_bytes(&mut self, fields: &Fields<'_>) {
        let of_template = self.otlp.max_request_bytes;
        fields.read("max_request_bytes", &mut self.otlp.max_request_bytes);
        fields.refuse_zero("max_request_bytes", self.otlp.max_request_bytes == 0);
        let is_given_there = of_template != OtlpExporter::default().max_request_bytes;
        if is_given_there && of_template != self.otlp.max_request_bytes {
            fields.error("max_request_bytes", "protocol::otlp has another one; leave one of them");
        }
    }

    /// The block is off unless it is there, and then on unless it says otherwise; `queue` is its other name.
    fn fill_queue(&mut self, fields: &Fields<'_>) {
        let names = ["sending_queue", "queue"].map(|name| fields.get(name));
        match names {
            [None, None] => {}
            [Some(node), None] | [None, Some(node)] => {
                self.sending_queue.enabled = true;
                self.sending_queue.read(node);
            }
            [Some(_), Some(queue)] => {
                queue.error("another name of sending_queue, which is here too; leave one")
            }
        }
    }
}

/// `protocol`: the template for the backends.
struct Protocol<'a>(&'a mut OtlpExporter);

impl Block for Protocol<'_> {
    const KEYS: &'static [Key] = &[Key::block("otlp", OtlpExporter::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("otlp", self.0);
        if !self.0.endpoint.is_empty() {
            fields.warning("otlp", "endpoint changes nothing: the resolver says where the backends are");
            self.0.endpoint.clear();
        }
        if self.0.balancer_name != Balancer::RoundRobin {
            fields.warning(
                "otlp",
                "balancer_name changes nothing: each backend of a resolver has one connection",
            );
        }
    }
}
