use super::Limit;

const MIB: u64 = 1 << 20;

/// The soft limit is the hard one less the spike, which is a fifth where none is given.
#[test]
fn the_soft_limit_is_below_the_hard_one() {
    for (limit, soft) in [
        (Limit::Mib { limit: 1000, spike: 0 }, 800 * MIB),
        (Limit::Mib { limit: 1000, spike: 300 }, 700 * MIB),
        (Limit::Percentage { limit: 50, spike: 0 }, 800 * MIB),
        (Limit::Percentage { limit: 80, spike: 25 }, 1100 * MIB),
        (Limit::Mib { limit: 1, spike: 2 }, 0),
    ] {
        assert_eq!(limit.soft_bytes(2000 * MIB), soft, "{limit:?}");
    }
    assert_eq!(Limit::Percentage { limit: 100, spike: 100 }.soft_bytes(u64::MAX), 0);
    assert_eq!(Limit::Percentage { limit: 100, spike: 1 }.soft_bytes(0), 0);
}
