use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// What resolvers count about themselves, under the Collector's names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ResolverMetrics {
    resolutions: Family<ByOutcome, Counter>,
    backends: Family<ByResolver, Gauge>,
    updates: Family<ByResolver, Counter>,
    held_back: Family<ByResolver, Counter>,
    last_answers: Family<BySource, Gauge>,
    single_address: Family<ByResolver, Gauge>,
    rotating_answers: Family<ByResolver, Gauge>,
    #[cfg(feature = "aws-cloud-map")]
    left_out: Family<ByResolver, Gauge>,
    #[cfg(feature = "aws-cloud-map")]
    full_answers: Family<ByResolver, Counter>,
}

/// `static`, `dns`, `k8s` or `aws`, which is the Collector's word for `aws_cloud_map`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResolver {
    resolver: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BySource {
    resolver: &'static str,
    /// What is asked for: as many as the configuration has.
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    resolver: &'static str,
    success: bool,
}

impl ResolverMetrics {
    /// Adds the families to a registry; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            resolutions: Family::default(),
            backends: Family::default(),
            updates: Family::default(),
            held_back: Family::default(),
            last_answers: Family::default(),
            single_address: Family::default(),
            rotating_answers: Family::default(),
            #[cfg(feature = "aws-cloud-map")]
            left_out: Family::default(),
            #[cfg(feature = "aws-cloud-map")]
            full_answers: Family::default(),
        };
        registry.register(
            "otelcol_loadbalancer_num_resolutions",
            "Look-ups of the backends, by outcome",
            metrics.resolutions.clone(),
        );
        registry.register(
            "otelcol_loadbalancer_num_backends",
            "Backends in use, of all resolvers of a kind",
            metrics.backends.clone(),
        );
        registry.register(
            "otelcol_loadbalancer_num_backend_updates",
            "Changes of the list of backends",
            metrics.updates.clone(),
        );
        registry.register(
            "sluice_resolver_held_back_answers",
            "Lists that min_backends or hysteresis kept from being taken",
            metrics.held_back.clone(),
        );
        registry.register_with_unit(
            "sluice_resolver_last_answer_timestamp",
            "When whoever knows the backends last said anything, since 1970; 0 before that",
            Unit::Seconds,
            metrics.last_answers.clone(),
        );
        registry.register(
            "sluice_resolver_single_address",
            "Names that have never had but one address",
            metrics.single_address.clone(),
        );
        registry.register(
            "sluice_resolver_rotating_answers",
            "Names whose answers are a changing part of their addresses",
            metrics.rotating_answers.clone(),
        );
        #[cfg(feature = "aws-cloud-map")]
        metrics.register_cloud_map(registry);
        metrics
    }

    #[cfg(feature = "aws-cloud-map")]
    fn register_cloud_map(&self, registry: &mut Registry) {
        registry.register(
            "sluice_resolver_left_out_instances",
            "Instances without a usable address or port, which get nothing",
            self.left_out.clone(),
        );
        registry.register(
            "sluice_resolver_full_answers",
            "Answers as long as they can be, which may have been cut",
            self.full_answers.clone(),
        );
    }

    /// The further series of the aws_cloud_map resolver.
    #[cfg(feature = "aws-cloud-map")]
    pub(crate) fn cloud_map_series(&self, resolver: &'static str) -> CloudMapSeries {
        CloudMapSeries {
            left_out: Share::of(self.left_out.get_or_create_owned(&ByResolver { resolver })),
            full_answers: self.full_answers.get_or_create_owned(&ByResolver { resolver }),
        }
    }

    /// When the source of a resolver answered last: `name` is what it is asked for.
    pub(crate) fn last_answer(&self, resolver: &'static str, name: &str) -> Gauge {
        self.last_answers.get_or_create_owned(&BySource { resolver, name: name.to_owned() })
    }

    /// The further series of the dns resolver.
    pub(crate) fn dns_series(&self, resolver: &'static str) -> DnsSeries {
        DnsSeries {
            single_address: Share::of(self.single_address.get_or_create_owned(&ByResolver { resolver })),
            rotating_answers: Share::of(self.rotating_answers.get_or_create_owned(&ByResolver { resolver })),
        }
    }

    /// The series of one resolver; they exist from now on.
    pub(crate) fn series(&self, resolver: &'static str) -> ResolverSeries {
        let outcome = |success| self.resolutions.get_or_create_owned(&ByOutcome { resolver, success });
        ResolverSeries {
            succeeded: outcome(true),
            failed: outcome(false),
            backends: self.backends.get_or_create_owned(&ByResolver { resolver }),
            updates: self.updates.get_or_create_owned(&ByResolver { resolver }),
            held_back: self.held_back.get_or_create_owned(&ByResolver { resolver }),
        }
    }
}

/// The series of one kind of resolver.
#[derive(Debug)]
pub(crate) struct ResolverSeries {
    pub(crate) succeeded: Counter,
    pub(crate) failed: Counter,
    /// Several resolvers of a kind share it, so each adds and takes away its own.
    pub(crate) backends: Gauge,
    pub(crate) updates: Counter,
    pub(crate) held_back: Counter,
}

/// What the dns resolver counts besides.
#[derive(Debug)]
pub(crate) struct DnsSeries {
    pub(crate) single_address: Share,
    pub(crate) rotating_answers: Share,
}

/// What the aws_cloud_map resolver counts besides.
#[cfg(feature = "aws-cloud-map")]
#[derive(Debug)]
pub(crate) struct CloudMapSeries {
    pub(crate) left_out: Share,
    pub(crate) full_answers: Counter,
}

/// What one resolver adds to a gauge that all of its kind share. It takes it away when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    gauge: Gauge,
    own: i64,
}

impl Share {
    fn of(gauge: Gauge) -> Self {
        Self { gauge, own: 0 }
    }

    pub(crate) fn set(&mut self, value: usize) {
        let value = value as i64;
        self.gauge.inc_by(value - self.own);
        self.own = value;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.gauge.dec_by(self.own);
    }
}
