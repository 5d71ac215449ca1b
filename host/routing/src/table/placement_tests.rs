use sluice_otlp::LEFT_OUT;
use sluice_otlp::columns::BytesColumn;
use sluice_plugin::Keys;
use sluice_ring::{Generation, Ring};

use super::Placement;

fn keys(rows: &[&[u8]], of_leaf: Vec<u32>) -> Keys {
    let mut keys = BytesColumn { offsets: vec![0], data: Vec::new() };
    for row in rows {
        keys.data.extend_from_slice(row);
        keys.offsets.push(keys.data.len() as u32);
    }
    let rejected = of_leaf.iter().filter(|&&row| row == Keys::REJECTED).count() as u32;
    Keys { keys, of_leaf, rejected, rejection: String::new() }
}

/// Every leaf goes where the ring puts its key.
#[test]
fn leaves_follow_the_ring() {
    let endpoints = ["10.0.0.1:4317", "10.0.0.2:4317", "10.0.0.3:4317"];
    let placement = Placement::new(Generation::Three, &endpoints);
    let ring = Ring::new(Generation::Three, &endpoints);
    let rows: Vec<[u8; 2]> = (0..1_000_u16).map(u16::to_le_bytes).collect();
    let rows: Vec<&[u8]> = rows.iter().map(<[u8; 2]>::as_slice).collect();

    let buckets = placement.buckets(keys(&rows, (0..1_000).rev().collect()));

    for (leaf, bucket) in buckets.into_iter().enumerate() {
        let endpoint = ring.locate(rows[999 - leaf]).unwrap();
        assert_eq!(placement.addresses()[bucket as usize], ring.endpoints()[endpoint]);
    }
}

/// A name with and without the default port is hashed as two endpoints and dialled as one backend.
#[test]
fn the_default_port_makes_no_second_backend() {
    let placement = Placement::new(Generation::Three, &["a", "a:4317", "b:1"]);
    assert_eq!(placement.ring().endpoints(), ["a", "a:4317", "b:1"]);
    assert_eq!(placement.addresses(), ["a:4317", "b:1"]);
    let shares = placement.shares();
    assert!(shares[0] > shares[1], "two endpoints of three: {shares:?}");
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

/// Rejected leaves, and all leaves while there is no backend, are left out of the split.
#[test]
fn leaves_without_a_backend_are_left_out() {
    let placement = Placement::new(Generation::Three, &["a"]);
    assert_eq!(placement.buckets(keys(&[b"k"], vec![Keys::REJECTED, 0])), [LEFT_OUT, 0]);
    let nobody = Placement::new(Generation::Three, &[] as &[&str]);
    assert_eq!(nobody.buckets(keys(&[b"k"], vec![0, 0])), [LEFT_OUT, LEFT_OUT]);
}
