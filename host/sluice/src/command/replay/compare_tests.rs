use sluice_sampling::{Explained, ServiceShare, Trigger};

use super::*;

const SECOND: u64 = 1_000_000_000;

fn decided(trace: u8, second: u64, decision: Decision) -> Replayed {
    let is_kept = decision == Decision::Sampled;
    Replayed {
        decision: Explained {
            trace_id: [trace; 16],
            decision,
            policy: is_kept.then(|| "errors".to_owned()),
            part: None,
            incomplete: None,
            trigger: Trigger::Timeout,
            spans: 3,
            bytes: 300,
            received: 0,
            decided: second * SECOND,
            votes: Vec::new(),
        },
        services: vec![
            ServiceShare { service: "shop".to_owned(), spans: 2, bytes: 200 },
            ServiceShare { service: String::new(), spans: 1, bytes: 100 },
        ],
    }
}

const WAITS: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(30)];

/// Guarantees: traces meet whichever sampler decides first; what changes is counted in both directions, by service and by
/// policy, and nothing is held for longer than needed.
#[test]
fn decisions_meet() {
    let mut comparison = Comparison::new(WAITS);
    use Decision::{Dropped, NotSampled, Sampled};
    for (trace, before, now) in [(1, Sampled, Sampled), (2, Sampled, NotSampled), (3, Dropped, Sampled)] {
        let (before, now) = (decided(trace, 10, before), decided(trace, 30, now));
        let is_changed = before.decision.decision != now.decision.decision;
        let answer = if trace == 3 {
            assert_eq!(comparison.take(Which::Now, now.clone()), None);
            comparison.take(Which::Before, before.clone())
        } else {
            assert_eq!(comparison.take(Which::Before, before.clone()), None);
            comparison.take(Which::Now, now.clone())
        };
        assert_eq!(answer, is_changed.then_some([before, now]));
    }
    assert!(comparison.waiting.is_empty());
    comparison.settle(100 * SECOND);
    assert!(comparison.order.is_empty());
    let changes = comparison.finish();
    let one = Amount { traces: 1, spans: 3, bytes: 300 };
    assert_eq!((changes.compared, changes.kept_before), (3, 2));
    assert_eq!((changes.lost, changes.gained), (one, one));
    assert_eq!(changes.services["shop"].lost, Amount { traces: 1, spans: 2, bytes: 200 });
    assert_eq!(changes.services["(no service.name)"].gained, Amount { traces: 1, spans: 1, bytes: 100 });
    assert_eq!(changes.policies["errors"].lost, one);
    assert_eq!((changes.unmatched.before, changes.unmatched.now), (0, 0));
}

/// Guarantees: what only one sampler decides again is given up once the other one would have, and is told.
#[test]
fn what_has_no_counterpart_is_given_up() {
    let mut comparison = Comparison::new(WAITS);
    let again = |second| decided(1, second, Decision::Sampled);
    assert_eq!(comparison.take(Which::Before, again(10)), None);
    comparison.settle(41 * SECOND);
    assert_eq!(comparison.waiting.len(), 1, "the other one may still decide");
    comparison.settle(42 * SECOND);
    assert!(comparison.waiting.is_empty() && comparison.order.is_empty());
    assert_eq!(comparison.take(Which::Now, again(50)), None);
    assert_eq!(comparison.take(Which::Now, again(51)), None);
    assert_eq!(comparison.take(Which::Before, again(51)), None, "nothing changes");
    let changes = comparison.finish();
    assert_eq!((changes.unmatched.before, changes.unmatched.now, changes.compared), (1, 1, 1));
}
