//! Whole configurations through `Config::load`.

#![expect(clippy::expect_used, reason = "helpers of tests fail like tests")]

mod arbitrary;
mod boundary;
mod broken;
mod checks;
#[cfg(feature = "aws-cloud-map")]
mod cloud_map;
mod defaults;
mod documentation;
mod effective;
mod environment;
mod gates;
mod guide;
mod merging;
mod migrate;
mod secrets;
mod support;
mod tail_sampling;
#[cfg(not(feature = "aws-cloud-map"))]
mod without_cloud_map;
