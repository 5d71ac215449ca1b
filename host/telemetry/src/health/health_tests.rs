use std::time::{Duration, Instant};

use super::{Health, Phase};

/// A gateway is live once it runs, and stays so while it drains: a restart would cure nothing.
#[test]
fn draining_is_live_but_not_ready() {
    let health = Health::new();
    let now = Instant::now();
    assert_eq!(health.against_liveness(now), ["starting"]);
    health.set_running();
    assert!(health.against_liveness(now).is_empty() && health.against_readiness(now).is_empty());
    health.set_draining();
    assert!(health.against_liveness(now).is_empty());
    assert_eq!(health.against_readiness(now), ["draining"]);
}

/// A late `set_running` does not undo a shutdown that has begun.
#[test]
fn phases_never_go_back() {
    let health = Health::new();
    health.set_draining();
    health.set_running();
    assert_eq!(health.phase(), Phase::Draining);
}

/// Readiness waits for every condition by name; liveness for none of them.
#[test]
fn readiness_waits_for_conditions() {
    let health = Health::new();
    health.set_running();
    let now = Instant::now();
    let first = health.condition("endpoints of loadbalancing");
    let second = health.condition("endpoints of loadbalancing/2");
    assert_eq!(health.against_readiness(now).len(), 2);
    assert!(health.against_liveness(now).is_empty());
    first.set(true);
    assert_eq!(health.against_readiness(now), ["waiting for endpoints of loadbalancing/2"]);
    drop(second);
    assert!(health.against_readiness(now).is_empty(), "a component that is gone is not waited for");
}

/// A worker that does not beat within its limit is named; one that beats again is forgiven.
#[test]
fn a_stuck_worker_is_named() {
    let health = Health::new();
    health.set_running();
    let limit = Duration::from_secs(30);
    let worker = health.heartbeat("worker 1", limit);
    let now = Instant::now();
    assert!(health.against_liveness(now + limit).is_empty());
    let later = now + limit + Duration::from_secs(5);
    assert_eq!(health.against_liveness(later), ["worker 1 has been stuck for 35 s"]);
    worker.beat();
    assert!(health.against_liveness(Instant::now()).is_empty());
}

/// A worker that died is as bad as a stuck one; one that ended as it should is not.
#[test]
fn a_dead_worker_is_not_forgotten() {
    let health = Health::new();
    health.set_running();
    let limit = Duration::from_secs(1);
    health.heartbeat("done", limit).retire();
    drop(health.heartbeat("dead", limit));
    let later = Instant::now() + 10 * limit;
    let reasons = health.against_liveness(later);
    assert!(reasons.len() == 1 && reasons[0].starts_with("dead "), "{reasons:?}");
}
