use std::net::IpAddr;

use super::{Diagnosis, RETURNS, SINGLE_ANSWERS, Signs, WINDOW};

fn addresses(last: &[u8]) -> Vec<IpAddr> {
    last.iter().map(|last| IpAddr::from([10, 0, 0, *last])).collect()
}

/// One address from the first answer on is a sign, told once; it is none any more when another comes.
#[test]
fn a_single_address_is_told_once() {
    let mut diagnosis = Diagnosis::default();
    for _ in 1..SINGLE_ANSWERS {
        assert_eq!(diagnosis.look(&addresses(&[1])), (Signs::default(), Signs::default()));
    }
    let single = Signs { is_single: true, is_rotating: false };
    assert_eq!(diagnosis.look(&addresses(&[1])), (single, single));
    assert_eq!(diagnosis.look(&addresses(&[1])), (single, Signs::default()));
    assert_eq!(diagnosis.look(&addresses(&[1, 2])), (Signs::default(), Signs::default()));
}

/// A headless service with one pod left is none: it had others, or its address changes with the pod.
#[test]
fn one_pod_that_is_left_is_no_sign() {
    for history in [&[1, 2][..], &[2]] {
        let mut diagnosis = Diagnosis::default();
        diagnosis.look(&addresses(history));
        for _ in 0..50 {
            assert_eq!(diagnosis.look(&addresses(&[1])).0, Signs::default(), "{history:?}");
        }
    }
}

/// Answers of two out of four, in turn, are a rotation, told once; when all four come it ends.
#[test]
fn a_part_that_changes_is_a_rotation() {
    let mut diagnosis = Diagnosis::default();
    let mut told = 0;
    for round in 0..40_u8 {
        let (signs, new) = diagnosis.look(&addresses(&[round % 4, (round + 1) % 4]));
        told += u32::from(new.is_rotating);
        assert_eq!(signs.is_rotating, usize::from(round) >= 3 + RETURNS - 1, "round {round}");
    }
    assert_eq!(told, 1);
    for _ in 0..WINDOW {
        diagnosis.look(&addresses(&[0, 1, 2, 3]));
    }
    assert_eq!(diagnosis.look(&addresses(&[0, 1, 2, 3])).0, Signs::default());
}

/// Growth, shrinking, a rollout, and a backend that is in and out are none.
#[test]
fn what_happens_every_day_is_no_rotation() {
    let rollout: Vec<Vec<u8>> = (0..10).map(|step| (step..step + 4).collect()).collect();
    let flapping: Vec<Vec<u8>> =
        (0..40).map(|step| if step % 2 == 0 { vec![1, 2, 3] } else { vec![1, 2] }).collect();
    let growth: Vec<Vec<u8>> = [1, 3, 6, 2, 6, 3].iter().map(|count| (0..*count).collect()).collect();
    for history in [rollout, flapping, growth] {
        let mut diagnosis = Diagnosis::default();
        for answer in &history {
            assert!(!diagnosis.look(&addresses(answer)).0.is_rotating, "{history:?}");
        }
    }
}
