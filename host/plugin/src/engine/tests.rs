use super::*;

/// Guarantees: a machine with few addresses to give still runs plugins.
#[test]
fn instances_on_demand_work_too() {
    let limits = Limits::default();
    let engine = Engine::new(&on_demand(&limits)).unwrap();
    assert!(linker(&engine).is_ok());
}

/// Guarantees: a deadline is never shorter than asked for, and at most two ticks longer.
#[test]
fn deadlines_round_up() {
    let limits = Limits::default();
    let runtime = Runtime::start(&limits).unwrap();
    assert_eq!(runtime.tick, Duration::from_millis(10));
    assert_eq!(runtime.ticks(Duration::from_millis(100)), 11);
    assert_eq!(runtime.ticks(Duration::from_millis(101)), 12);
    assert_eq!(runtime.ticks(Duration::from_nanos(1)), 2);
    assert!(runtime.ticks(Duration::MAX).checked_add(u64::MAX / 4).is_some());
}

/// Guarantees: the clock's thread ends with the last user of the engine.
#[test]
fn the_clock_ends_with_the_engine() {
    let runtime =
        Runtime::start(&Limits { deadline: Duration::from_millis(10), ..Limits::default() }).unwrap();
    let engine = runtime.engine.weak();
    drop(runtime);
    // The thread holds the engine only for the moment of a tick.
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while engine.upgrade().is_some() {
        assert!(std::time::Instant::now() < end, "somebody still holds the engine");
        std::thread::yield_now();
    }
}
