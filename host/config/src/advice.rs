//! What is only seen when the whole is looked at: what cannot work together, and what could be better.

use crate::components::exporters::{ExporterConfig, LoadBalancing, OtlpHttpExporter, Queue, Retry};
use crate::components::extensions::ExtensionConfig;
use crate::components::processors::{BatchAck, ProcessorConfig};
use crate::config::Config;
use crate::decode::Node;
use crate::service::Pipeline;
use crate::types::id::{ComponentId, Signal};
use crate::types::listen::Listen;
use crate::yaml::layout::Place;

/// Looks at a configuration as a whole; `root` is where its keys are.
pub(crate) fn look(config: &Config, root: &Node<'_>) {
    Look { config, root }.at_everything();
}

struct Look<'a> {
    config: &'a Config,
    root: &'a Node<'a>,
}

impl Look<'_> {
    fn at_everything(&self) {
        self.at_addresses();
        self.at_memory_limiters();
        self.at_tail_sampling();
        self.at_batches();
        for (id, exporter) in &self.config.exporters {
            match exporter {
                ExporterConfig::LoadBalancing(balancer) => self.at_load_balancing(id, balancer),
                ExporterConfig::Otlp(otlp) => {
                    self.at_secrets(&[id.as_str()], otlp.auth.as_ref(), otlp.has_tls());
                    self.at_delivery(&[id.as_str()], &otlp.sending_queue, &otlp.retry_on_failure);
                }
                ExporterConfig::OtlpHttp(otlp) => {
                    self.at_secrets(&[id.as_str()], otlp.auth.as_ref(), otlp.has_tls());
                    self.at_endpoints(id, otlp);
                    self.at_delivery(&[id.as_str()], &otlp.sending_queue, &otlp.retry_on_failure);
                }
                _ => {}
            }
        }
    }

    /// A headers_setter shows no secret by itself; what it names may.
    fn at_secrets(&self, keys: &[&str], auth: Option<&ComponentId>, has_tls: bool) {
        let Some(ExtensionConfig::HeadersSetter(setter)) = auth.and_then(|id| self.config.extensions.get(id))
        else {
            return;
        };
        if setter.additional_auth.is_some() && !has_tls {
            let place = self.place(&[&["exporters"], keys, &["auth"]].concat());
            let message = "has an additional_auth, whose secret would be sent in the clear; use TLS";
            self.root.context.error(&place, message);
        }
    }

    /// Each signal that comes to it must have somewhere to go.
    fn at_endpoints(&self, id: &ComponentId, otlp: &OtlpHttpExporter) {
        for pipeline in &self.config.service.pipelines {
            let signal = pipeline.id.signal;
            // Without any endpoint the exporter has an error already.
            let has_some = Signal::ALL.into_iter().any(|signal| otlp.url(signal).is_some());
            if has_some && pipeline.exporters.contains(id) && otlp.url(signal).is_none() {
                let message =
                    format!("{signal} come to it, and have no endpoint; give endpoint or {signal}_endpoint");
                self.root.context.error(&self.place(&["exporters", id.as_str()]), message);
            }
        }
    }

    /// Two servers cannot listen on one address: the second one would keep the gateway from starting.
    fn at_addresses(&self) {
        let listens = self.config.listens();
        for (number, (path, listen)) in listens.iter().enumerate() {
            let same = |(_, earlier): &&(Vec<&str>, &Listen)| earlier.collides_with(listen);
            if let Some((earlier, _)) = listens[..number].iter().find(same) {
                let earlier = earlier.join("::");
                let message =
                    format!("{earlier} listens on port {} too; give one of them another", listen.port);
                self.root.context.error(&self.place(path), message);
            }
        }
    }

    /// A limiter refuses; what stands before it has taken the data, and holds it, by then.
    fn at_memory_limiters(&self) {
        for pipeline in &self.config.service.pipelines {
            if place_of(pipeline, "memory_limiter").is_some_and(|place| place > 0) {
                self.advise(
                    &["service", "pipelines", &pipeline.id.to_string(), "processors"],
                    "memory_limiter belongs in the first place, so that it refuses before anything is held",
                );
            }
        }
    }

    /// What the Collector does, and the guide does not tell.
    fn at_batches(&self) {
        for (id, processor) in &self.config.processors {
            if matches!(processor, ProcessorConfig::Batch(batch) if batch.ack == BatchAck::Early) {
                self.advise(
                    &["processors", id.as_str(), "ack"],
                    "early: senders hear that all is well before anybody has taken their data, so what fails behind \
                     `batch`, or waits in it when the process dies, is lost, and only counted; without it they wait",
                );
            }
        }
    }

    /// The guide's rules for the second tier.
    fn at_tail_sampling(&self) {
        let balances = |exporter: &ExporterConfig| matches!(exporter, ExporterConfig::LoadBalancing(_));
        let is_tier_1 = self.config.exporters.values().any(balances);
        for pipeline in &self.config.service.pipelines {
            let Some(tail) = place_of(pipeline, "tail_sampling") else { continue };
            let name = pipeline.id.to_string();
            if pipeline.id.signal != Signal::Traces {
                let place = self.place(&["service", "pipelines", &name, "processors"]);
                let message = "tail_sampling is for traces; take it out of this pipeline";
                self.root.context.error(&place, message);
                continue;
            }
            if is_tier_1 {
                self.advise(
                    &["service", "pipelines", &name, "processors"],
                    "load balancing and tail sampling are in one process here, so both end when one is deployed; \
                     run them as tiers of their own",
                );
            }
            if place_of(pipeline, "batch").is_some_and(|batch| batch < tail) {
                self.advise(
                    &["service", "pipelines", &name, "processors"],
                    "`batch` before tail_sampling only delays spans, since tail_sampling gathers them by trace; \
                     behind it, it joins what is sampled",
                );
            }
        }
    }

    fn at_load_balancing(&self, id: &ComponentId, balancer: &LoadBalancing) {
        if !balancer.retry_on_failure.enabled {
            self.advise(
                &["exporters", id.as_str(), "retry_on_failure"],
                "off at this level, so what a backend has not taken when its own retries end is routed once more, \
                 and lost if that fails; write `retry_on_failure: {enabled: true}`",
            );
        }
        if !balancer.sending_queue.enabled {
            self.advise(
                &["exporters", id.as_str(), "sending_queue"],
                "off at this level, so what finds no room at its backend is refused, and senders have to send it \
                 again; `sending_queue: {enabled: true}` takes it in",
            );
        }
        let template = &balancer.otlp;
        self.at_secrets(&[id.as_str(), "protocol", "otlp"], template.auth.as_ref(), template.has_tls());
        self.at_delivery(
            &[id.as_str(), "protocol", "otlp"],
            &template.sending_queue,
            &template.retry_on_failure,
        );
    }

    /// Queue and retry of what speaks to one backend, which is at `keys` in the exporters.
    fn at_delivery(&self, keys: &[&str], queue: &Queue, retry: &Retry) {
        let with = |last| [&["exporters"], keys, &[last]].concat();
        if !queue.enabled {
            self.advise(
                &with("sending_queue"),
                "off, so senders wait for the backend, and have to send again what it does not take",
            );
        } else if !retry.enabled {
            self.advise(
                &with("retry_on_failure"),
                "off behind a queue: senders have heard that all is well, so what fails once is lost",
            );
        }
    }

    fn advise(&self, keys: &[&str], message: &str) {
        self.root.context.advise(&self.place(keys), message);
    }

    fn place(&self, keys: &[&str]) -> Place<'_> {
        keys.iter().fold(self.root.place.clone(), |place, key| place.key(key))
    }
}

/// Where in a pipeline the first processor of a kind is.
fn place_of(pipeline: &Pipeline, kind: &str) -> Option<usize> {
    pipeline.processors.iter().position(|id| id.kind() == kind)
}
