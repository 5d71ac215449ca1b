//! A machine, or a container, that gives a process few addresses.

use std::process::Command;

use sluice_otlp::Signal;

use crate::fixture::{Fixture, patient};
use crate::requests::{spans, trace_id};

/// Addresses for this test program itself and some plugins, but not for a pool: 8 GiB, in KiB.
const ADDRESSES_KIB: u32 = 8 << 20;

/// Guarantees: where there are no terabytes of addresses for a pool of instances, plugins run without one.
#[test]
fn plugins_run_without_a_pool() {
    let test = std::env::current_exe().unwrap();
    let script =
        format!("ulimit -v {ADDRESSES_KIB} && exec \"$0\" --ignored --exact short_of_addresses::inside");
    let output = Command::new("sh").args(["-c", &script]).arg(test).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

/// What the other test runs in a process of its own; on its own it says little.
#[test]
#[ignore = "run by plugins_run_without_a_pool, with few addresses"]
fn inside() {
    let fixture = Fixture::new(patient(), &["hostile"]);
    let key = fixture.key("traceID", Signal::Traces);
    let keys = key.keys(&spans(100, &[]), 1);
    assert_eq!(keys.key(99), Some(trace_id(99).as_slice()));
}
