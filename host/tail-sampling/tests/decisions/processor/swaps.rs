//! Policies that are replaced while traces wait: C2 10 and 15 of the Collector's cases.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::{Simulation, host};
use crate::spans::{SpanExt, id, span};
use crate::table::{N, S};

/// Puts a built-in plugin into a directory, as `mine`.
fn install(directory: &Path, plugin: &str) {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins").join(plugin);
    let new = directory.join("new");
    fs::copy(built_in, &new).expect("a plugin that `cargo xtask build` has made");
    fs::rename(new, directory.join("mine.wasm")).unwrap();
}

/// Guarantees (TestSetSamplingPolicy): what is decided before a policy is replaced is decided by the old one, and what waits
/// meanwhile by the new one, none of it lost; a user's plugin is found by its name, as the Collector finds its extensions.
#[tokio::test]
async fn a_policy_is_replaced_under_held_traces() {
    let directory = tempfile::tempdir().unwrap();
    install(directory.path(), "trace_flags.wasm");
    let host = host(vec![directory.path().to_owned()]);
    let mut simulation = Simulation::with("decision_wait: 1s\npolicies:\n- {name: own, type: mine}\n", &host);
    simulation.send([span().of(1)]);
    simulation.pass(1000);
    simulation.send([span().of(2)]);
    simulation.pass(500);
    install(directory.path(), "always_sample.wasm");
    let epoch = || {
        let mine = host.plugins().into_iter().find(|plugin| plugin.name == "mine").expect("it is there");
        mine.loaded.map(|loaded| loaded.epoch)
    };
    let begun = Instant::now();
    while epoch() != Some(2) {
        assert!(begun.elapsed() < Duration::from_secs(120), "the plugin is not replaced");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    simulation.send([span().of(2)]);
    simulation.pass(500);
    let explained = [1, 2].map(|trace| {
        let explained = simulation.explained(&id(trace));
        (explained.decision, explained.votes[0].leaves[0].epoch)
    });
    assert_eq!(explained, [(N, 1), (S, 2)]);
    assert_eq!(simulation.released_count(), 2);
}
