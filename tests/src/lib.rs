//! What the end-to-end tests share: the gateway as a process, backends that record bytes, traffic, and metrics.
//!
//! Nothing here uses Sluice's own crates: messages are made and read by opentelemetry-proto, so that the
//! tests cannot share a mistake with what they test. Ports are chosen by the system and read from the
//! gateway's log, so that tests run beside each other.

#![allow(clippy::expect_used, reason = "a test that cannot go on ends, and says what it expected")]

pub mod backend;
pub mod certificates;
pub mod client;
pub mod cloud_map;
pub mod cluster_ip;
pub mod config;
pub mod deploy;
pub mod dns;
pub mod gateway;
pub mod guide;
pub mod http;
pub mod http_server;
pub mod kubelet;
pub mod kubernetes;
pub mod metrics;
pub mod programs;
pub mod proxy;
pub mod raw;
pub mod recorded;
pub mod shop;
pub mod tls;
pub mod traffic;
pub mod wait;
