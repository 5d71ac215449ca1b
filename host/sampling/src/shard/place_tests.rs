use super::*;

fn id(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).expect("hex").to_be_bytes()
}

/// Guarantees: vectors that were computed from the Collector's code.
#[test]
fn shards_are_the_collectors() {
    for (hex, mixed, of_four, of_eight) in [
        ("0102030405060708090a0b0c0d0e0f10", 0x3798_571a_25f5_60e2, 2, 2),
        ("0af7651916cd43dd8448eb211c80319c", 0x52e8_7798_a7a3_f714, 0, 4),
        ("4bf92f3577b34da6a3ce929d0e0e4736", 0xb55f_93c2_aaf9_5daf, 3, 7),
        ("00000000000000000000000000000001", 0x7440_30a1_a84c_6ab6, 2, 6),
        ("5b8efff798038103d269b633813fc60c", 0xfda6_9d7b_819e_695a, 2, 2),
    ] {
        let id = id(hex);
        assert_eq!((mix(&id), shard_of(&id, 4), shard_of(&id, 8)), (mixed, of_four, of_eight), "{hex}");
    }
}

/// Guarantees: ids in sequence are spread over all shards.
#[test]
fn sequences_are_spread() {
    let mut counts = [0; 8];
    (0..1000_u128).for_each(|number| counts[shard_of(&number.to_be_bytes(), 8)] += 1);
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}
