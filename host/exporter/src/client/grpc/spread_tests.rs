use super::order;

/// Those that can be reached take turns evenly, and the next one follows where one cannot be after all.
#[test]
fn the_promising_take_turns() {
    let promising = [true, false, true, true];
    let firsts: Vec<_> = (0..6).map(|turn| order(&promising, turn)[0]).collect();
    assert_eq!(firsts, [0, 2, 3, 0, 2, 3]);
    assert_eq!(order(&promising, 1).as_slice(), [2, 3, 0]);
}

/// Where none looks promising all are tried, so that the sender hears what is wrong.
#[test]
fn without_hope_all_are_tried() {
    assert_eq!(order(&[false, false], 1).as_slice(), [1, 0]);
    assert!(order(&[], 5).is_empty());
}
