//! The aws_cloud_map resolver: the instances of a service in AWS Cloud Map, asked for at an interval.
//!
//! An instance is one endpoint: its `AWS_INSTANCE_IPV4`, else its `AWS_INSTANCE_IPV6` in brackets, else its
//! `AWS_INSTANCE_CNAME`, with the configured port, else with its `AWS_INSTANCE_PORT`. The Collector knows
//! `AWS_INSTANCE_IPV4` alone, so that both make the same ring wherever the Collector makes one.
//!
//! The whole list is asked for each time: Cloud Map's revision number does not move with the health of instances.
//!
//! `answer.rs` and `instance.rs` judge what came and know nothing of AWS's client, which is `client.rs`. All of it but
//! the settings is left out without the feature `aws-cloud-map`.

mod settings;

#[cfg(feature = "aws-cloud-map")]
mod answer;
#[cfg(feature = "aws-cloud-map")]
mod client;
#[cfg(feature = "aws-cloud-map")]
mod credentials;
#[cfg(feature = "aws-cloud-map")]
mod instance;
#[cfg(feature = "aws-cloud-map")]
mod source;
#[cfg(feature = "aws-cloud-map")]
mod trouble;

pub use settings::{AwsCloudMapSettings, HealthStatus};
#[cfg(feature = "aws-cloud-map")]
pub(crate) use source::CloudMapSource;

#[cfg(test)]
#[cfg(feature = "aws-cloud-map")]
mod tests;
