//! A dead worker and liveness. A file of its own, since who has died is known to the whole process.

use std::time::Instant;

use sluice_telemetry::health::Health;

/// A worker that died makes the gateway not live, by name and for good: a restart is what cures it.
#[test]
fn a_dead_worker_needs_a_restart() {
    let health = Health::new();
    health.set_running();
    assert!(health.against_liveness(Instant::now()).is_empty());
    let worker = std::thread::spawn(|| {
        let _alive = sluice_worker::Alive::new("queue of otlp");
        panic!("a bug");
    });
    assert!(worker.join().is_err());
    assert_eq!(health.against_liveness(Instant::now()), ["queue of otlp has died"]);
    assert_eq!(health.against_readiness(Instant::now()), ["queue of otlp has died"]);
}
