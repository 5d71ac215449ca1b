use super::*;

fn leaves(numbers: &[u32]) -> Leaves {
    let mut leaves = Leaves::default();
    numbers.iter().for_each(|&leaf| leaves.push(leaf));
    leaves
}

/// Guarantees: neighbours become one range, as column extraction wants them.
#[test]
fn neighbours_are_joined() {
    let some = leaves(&[1, 2, 3, 7, 9, 10]);
    assert_eq!(some.ranges(), [1..4, 7..8, 9..11]);
    assert_eq!(some.len(), 6);
    assert_eq!(leaves(&[0, 1, 2]), Leaves::all(3));
}

/// Guarantees: no leaf is lost or doubled, and the leaves of a row are never parted, scattered as they may be.
#[test]
fn rows_stay_whole() {
    let all = leaves(&[0, 2, 3, 5, 8, 9]);
    let split = all.split_by_row(&[0, 1, 0, 2, 1, 2], 3, 3);
    assert_eq!(split, [leaves(&[0, 3]), leaves(&[2, 8]), leaves(&[5, 9])]);
    let halves = all.split_by_row(&[0, 1, 0, 2, 1, 2], 3, 2);
    assert_eq!(halves, [leaves(&[0, 2, 3, 8]), leaves(&[5, 9])]);
}

/// Guarantees: a split in as many pieces as rows or fewer leaves no piece empty, so that halving ends.
#[test]
fn no_piece_is_empty() {
    for rows in 2..50_u32 {
        let row_of_leaf: Vec<_> = (0..rows).collect();
        for pieces in 2..=rows {
            let split = Leaves::all(rows as usize).split_by_row(&row_of_leaf, rows, pieces);
            assert!(split.iter().all(|piece| piece.len() > 0), "{rows} rows in {pieces}");
        }
    }
}

/// Guarantees: chunks hold what they may, in order.
#[test]
fn chunks_are_bounded() {
    let chunks = leaves(&[0, 1, 2, 6, 7]).chunks(2);
    assert_eq!(chunks, [leaves(&[0, 1]), leaves(&[2, 6]), leaves(&[7])]);
}
