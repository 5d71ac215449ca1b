use super::*;

const DEADLINE: Duration = Duration::from_millis(100);

/// Guarantees: a plugin that never comes back costs a request four deadlines and no more.
#[test]
fn endless_loops_cost_four_deadlines() {
    let mut budget = Budget::new(DEADLINE);
    let next: Vec<_> = (0..4).map(|_| budget.charge(DEADLINE)).collect();
    assert_eq!(next, [Next::Halve, Next::Halve, Next::GiveUpPart, Next::GiveUpAll]);
    assert!(budget.is_overdrawn());
}

/// Guarantees: quick failures are followed to the row at fault, which takes twice the logarithm in calls.
#[test]
fn quick_failures_are_halved_often_enough() {
    let mut budget = Budget::new(DEADLINE);
    for _ in 0..8192_u32.ilog2() {
        assert_eq!(budget.charge(Duration::from_micros(50)), Next::Halve);
    }
    assert!(!budget.is_overdrawn());
}

/// Guarantees: a plugin that fails for every row does not make a call for each.
#[test]
fn the_number_of_calls_is_bounded() {
    let mut budget = Budget::new(DEADLINE);
    let halved = (0..10_000).filter(|_| budget.charge(Duration::ZERO) == Next::Halve).count();
    assert_eq!(halved, 32);
}
