//! The real binary, from outside: one file an idea.

#![allow(clippy::expect_used, reason = "a test that cannot go on ends, and says what it expected")]

mod auth;
mod aws_credentials;
mod batch;
mod cloud_map;
mod command_line;
mod connectors;
mod container;
mod curl;
mod delivery;
mod deploy;
mod dns;
mod doctor;
mod documentation;
mod failures;
mod guide_failures;
mod hostile_clients;
mod http;
mod instances;
mod k8s;
mod locate;
mod malformed;
mod memory;
mod migrate;
mod oauth2;
mod otlp_grpc;
mod otlp_http;
mod plugins;
mod replay;
mod sampling;
mod sdks;
mod span_metrics;
mod start;
mod telemetry;
mod tls;
mod validate;
mod whole_guide;
