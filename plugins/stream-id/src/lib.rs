//! The routing key `streamID`: the data points of one metric stream meet at one backend.
//!
//! A stream is what has the same resource, scope, metric and point attributes. The key is made of the
//! same bytes as in the Collector's load-balancing exporter: `stream/` and the stream's identity as a
//! hexadecimal number without padding. The identity is that of contrib's `internal/exp/metrics/identity`.

mod identity;
mod map_hash;

use std::fmt::Write;

use identity::Identity;
use map_hash::MapHasher;
use sluice_sdk::intrinsic::{MONOTONIC, NAME, TEMPORALITY, TYPE, UNIT, VERSION};
use sluice_sdk::table::{Items, Points, Resources, Scopes};
use sluice_sdk::{Field, Keys, Missing, Plan, RoutingKey, Rows, Signal, export_routing_key, value};

/// Routes by metric stream. There is nothing to set.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamId {}

impl RoutingKey for StreamId {
    const NAME: &'static str = "streamID";

    fn plan(self, signal: Signal) -> Result<Plan, String> {
        if signal != Signal::Metrics {
            return Err("streamID is a key for metrics; traces and logs have traceID and service".to_owned());
        }
        let mut plan = Plan::new(Missing::Empty);
        let mut stage = plan.stage(Points);
        let fields = Fields {
            resource_attributes: stage.attributes(Resources),
            scope_name: stage.intrinsic(Scopes, NAME).raw(),
            scope_version: stage.intrinsic(Scopes, VERSION).raw(),
            scope_attributes: stage.attributes(Scopes),
            metric_name: stage.intrinsic(Items, NAME).raw(),
            unit: stage.intrinsic(Items, UNIT).raw(),
            metric_type: stage.intrinsic(Items, TYPE),
            monotonic: stage.intrinsic(Items, MONOTONIC),
            temporality: stage.intrinsic(Items, TEMPORALITY),
            point_attributes: stage.attributes(Points),
        };
        stage.keys(move |rows| Ok(fields.keys(&rows)));
        Ok(plan)
    }
}

type Of<T, V> = Field<Points, T, V>;

/// What a stream's identity is made of.
struct Fields {
    resource_attributes: Of<Resources, value::Attributes>,
    scope_name: Of<Scopes, value::Bytes>,
    scope_version: Of<Scopes, value::Bytes>,
    scope_attributes: Of<Scopes, value::Attributes>,
    metric_name: Of<Items, value::Bytes>,
    unit: Of<Items, value::Bytes>,
    metric_type: Of<Items, value::Small>,
    monotonic: Of<Items, value::Small>,
    temporality: Of<Items, value::Small>,
    point_attributes: Of<Points, value::Attributes>,
}

impl Fields {
    /// Each resource, scope and metric is hashed once, not once for each of its points.
    fn keys(&self, rows: &Rows<Points>) -> Keys {
        let hasher = &mut MapHasher::default();
        let resources: Vec<_> = rows
            .of(Resources)
            .map(|resource| Identity::default().map(hasher, resource.get(self.resource_attributes)))
            .collect();
        let scopes: Vec<_> = rows
            .of(Scopes)
            .map(|scope| {
                let resource = resources[scope.up(Resources).number()];
                let named = resource.text(scope.get(self.scope_name)).text(scope.get(self.scope_version));
                named.map(hasher, scope.get(self.scope_attributes))
            })
            .collect();
        let metrics: Vec<_> = rows
            .of(Items)
            .map(|metric| {
                let scope = scopes[metric.up(Scopes).number()];
                let metric_type = metric.get(self.metric_type).unwrap_or_default();
                let monotonic = metric.get(self.monotonic).unwrap_or_default();
                scope.text(metric.get(self.metric_name)).text(metric.get(self.unit)).bytes(&[
                    metric_type,
                    identity::monotonic(metric_type, monotonic),
                    metric.get(self.temporality).unwrap_or_default(),
                ])
            })
            .collect();
        Keys::for_each(rows.iter(), |point, key| {
            let metric = metrics[point.up(Items).number()];
            let stream = metric.map(hasher, point.get(self.point_attributes));
            // Writing to a key does not fail.
            _ = write!(key, "stream/{stream:x}");
        })
    }
}

export_routing_key!(StreamId);
