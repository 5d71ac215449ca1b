use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What resolvers count about themselves, under the Collector's names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ResolverMetrics {
    resolutions: Family<ByOutcome, Counter>,
    backends: Family<ByResolver, Gauge>,
    updates: Family<ByResolver, Counter>,
    #[cfg(feature = "aws-cloud-map")]
    left_out: Family<ByResolver, Gauge>,
    #[cfg(feature = "aws-cloud-map")]
    full_answers: Family<ByResolver, Counter>,
}

/// `static`, `dns` or `aws`, which is the Collector's word for `aws_cloud_map`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResolver {
    resolver: &'static str,
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
            left_out: self.left_out.get_or_create_owned(&ByResolver { resolver }),
            own_left_out: 0,
            full_answers: self.full_answers.get_or_create_owned(&ByResolver { resolver }),
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
}

/// What the aws_cloud_map resolver counts besides.
#[cfg(feature = "aws-cloud-map")]
#[derive(Debug)]
pub(crate) struct CloudMapSeries {
    /// Several resolvers share it.
    left_out: Gauge,
    /// What of it is ours.
    own_left_out: i64,
    pub(crate) full_answers: Counter,
}

#[cfg(feature = "aws-cloud-map")]
impl CloudMapSeries {
    /// So many instances of the last answer cannot be used.
    pub(crate) fn left_out(&mut self, instances: usize) {
        let instances = instances as i64;
        self.left_out.inc_by(instances - self.own_left_out);
        self.own_left_out = instances;
    }
}

#[cfg(feature = "aws-cloud-map")]
impl Drop for CloudMapSeries {
    fn drop(&mut self) {
        self.left_out.dec_by(self.own_left_out);
    }
}
