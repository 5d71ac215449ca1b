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
}

/// `static` or `dns`.
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
        let metrics =
            Self { resolutions: Family::default(), backends: Family::default(), updates: Family::default() };
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
        metrics
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
