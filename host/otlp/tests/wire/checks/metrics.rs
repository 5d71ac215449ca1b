//! Metrics of all five types, made from a [`Source`].

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric, NumberDataPoint, Sum, Summary, SummaryDataPoint, exemplar,
};

use super::messages::attributes;
use super::source::Source;

pub(crate) fn metric(source: &mut Source<'_>) -> Metric {
    Metric {
        data: data(source),
        name: source.text(),
        description: source.text(),
        unit: source.text(),
        metadata: attributes(source),
    }
}

fn data(source: &mut Source<'_>) -> Option<Data> {
    Some(match source.below(6) {
        0 => return None,
        1 => Data::Gauge(Gauge { data_points: source.several(5, number_point) }),
        2 => Data::Sum(Sum {
            data_points: source.several(5, number_point),
            aggregation_temporality: source.below(3) as i32,
            is_monotonic: source.flag(),
        }),
        3 => Data::Histogram(Histogram {
            data_points: source.several(4, histogram_point),
            aggregation_temporality: source.below(3) as i32,
        }),
        4 => Data::ExponentialHistogram(ExponentialHistogram {
            data_points: source.several(4, exponential_point),
            aggregation_temporality: source.below(3) as i32,
        }),
        _ => Data::Summary(Summary { data_points: source.several(4, summary_point) }),
    })
}

fn number_point(source: &mut Source<'_>) -> NumberDataPoint {
    NumberDataPoint {
        attributes: attributes(source),
        start_time_unix_nano: source.number(),
        time_unix_nano: source.number(),
        exemplars: source.several(2, exemplar),
        flags: source.short(),
        value: match source.below(3) {
            0 => None,
            1 => Some(Value::AsDouble(source.double())),
            _ => Some(Value::AsInt(source.number() as i64)),
        },
    }
}

fn histogram_point(source: &mut Source<'_>) -> HistogramDataPoint {
    HistogramDataPoint {
        attributes: attributes(source),
        start_time_unix_nano: source.number(),
        time_unix_nano: source.number(),
        count: source.number(),
        sum: source.maybe(Source::double),
        bucket_counts: source.several(4, Source::number),
        explicit_bounds: source.several(4, Source::double),
        exemplars: source.several(2, exemplar),
        flags: source.short(),
        min: source.maybe(Source::double),
        max: source.maybe(Source::double),
    }
}

fn exponential_point(source: &mut Source<'_>) -> ExponentialHistogramDataPoint {
    ExponentialHistogramDataPoint {
        attributes: attributes(source),
        start_time_unix_nano: source.number(),
        time_unix_nano: source.number(),
        count: source.number(),
        sum: source.maybe(Source::double),
        scale: source.short() as i32,
        zero_count: source.number(),
        positive: source.maybe(buckets),
        negative: source.maybe(buckets),
        flags: source.short(),
        exemplars: source.several(2, exemplar),
        min: source.maybe(Source::double),
        max: source.maybe(Source::double),
        zero_threshold: source.double(),
    }
}

fn buckets(source: &mut Source<'_>) -> Buckets {
    Buckets { offset: source.short() as i32, bucket_counts: source.several(4, Source::number) }
}

fn summary_point(source: &mut Source<'_>) -> SummaryDataPoint {
    SummaryDataPoint {
        attributes: attributes(source),
        start_time_unix_nano: source.number(),
        time_unix_nano: source.number(),
        count: source.number(),
        sum: source.double(),
        quantile_values: source
            .several(3, |source| ValueAtQuantile { quantile: source.double(), value: source.double() }),
        flags: source.short(),
    }
}

fn exemplar(source: &mut Source<'_>) -> Exemplar {
    Exemplar {
        filtered_attributes: attributes(source),
        time_unix_nano: source.number(),
        span_id: source.id(8),
        trace_id: source.id(16),
        value: source.maybe(|source| exemplar::Value::AsDouble(source.double())),
    }
}
