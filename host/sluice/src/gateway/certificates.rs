//! When our certificates expire, as a metric.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// Registers `sluice_tls_certificate_expiry_timestamp_seconds`, with a series for each place in the configuration that
/// has a certificate of ours.
pub(super) fn register(registry: &mut Registry) {
    registry.register_collector(Box::new(Certificates));
}

#[derive(Debug)]
struct Certificates;

impl Collector for Certificates {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let expiries = sluice_tls::expiries();
        if expiries.is_empty() {
            return Ok(());
        }
        let (name, help) =
            ("sluice_tls_certificate_expiry_timestamp", "When the certificate expires, since 1970.");
        let some = ConstGauge::new(0_i64);
        let mut family = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), some.metric_type())?;
        for (component, not_after) in &expiries {
            let labels = [("component", component.as_str())];
            ConstGauge::new(*not_after).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
