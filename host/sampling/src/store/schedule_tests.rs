use super::*;

fn key(slot: u32) -> TraceKey {
    TraceKey { slot, generation: 0 }
}

/// Guarantees: a moment is due when it has passed, and not before; what is late is not forgotten.
#[test]
fn nothing_is_due_early_or_forgotten() {
    let mut schedule = Schedule::default();
    schedule.add(tick_at(Duration::from_millis(250)), key(1));
    schedule.add(tick_at(Duration::from_millis(100)), key(2));
    schedule.add(tick_at(Duration::ZERO), key(3));
    assert_eq!(schedule.take_due(tick_before(Duration::from_millis(99))), [key(3)]);
    assert_eq!(schedule.take_due(tick_before(Duration::from_millis(100))), [key(2)]);
    assert_eq!(schedule.take_due(tick_before(Duration::from_millis(299))), []);
    assert_eq!(schedule.take_due(tick_before(Duration::from_secs(100))), [key(1)]);
}
