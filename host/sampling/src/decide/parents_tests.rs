use proptest::prelude::*;

use super::*;
use crate::testing::{child, id, of, request, row};

/// For traces whose spans have these ids and parents, what is found.
fn found(traces: &[Vec<(u64, u64)>]) -> Vec<bool> {
    let spans = (1..).zip(traces);
    let spans =
        spans.flat_map(|(trace, spans)| spans.iter().map(move |(id, parent)| child(trace, *id, *parent)));
    let payload = Payload::bare(request(vec![of("shop", "http", spans.collect())]));
    let mut first = 0;
    let rows = (1..).zip(traces).map(|(trace, spans)| {
        let leaves = first..first + spans.len() as u32;
        first = leaves.end;
        row(id(trace), leaves)
    });
    Parents::default().read(&payload, &rows.collect::<Vec<_>>())
}

/// Guarantees: a parent is looked for in its own trace only, wherever it stands; none, and one of zeros, is no parent.
#[test]
fn parents_are_looked_for_in_their_traces() {
    let whole = vec![(2, 1), (1, 0), (3, 2)];
    let broken = vec![(5, 0), (6, 4)];
    let of_others = vec![(7, 1)];
    assert_eq!(found(&[whole, broken, of_others, vec![(8, 0)]]), [false, true, true, false]);
}

proptest! {
    /// Guarantees: few spans and many are looked through alike, one trace after the other.
    #[test]
    fn few_and_many_are_alike(
        traces in prop::collection::vec(
            (prop::collection::vec((1_u64..90, 0_u64..90), 1..90), prop::bool::weighted(0.7)),
            1..6,
        ),
    ) {
        let traces: Vec<Vec<(u64, u64)>> = traces
            .into_iter()
            .map(|(mut spans, is_whole)| {
                if is_whole {
                    let ids: Vec<u64> = spans.iter().map(|(id, _)| *id).collect();
                    let pick = |parent: u64| ids[parent as usize % ids.len()];
                    spans.iter_mut().for_each(|(_, parent)| *parent = pick(*parent));
                }
                spans
            })
            .collect();
        let expected = traces.iter().map(|spans| {
            let is_there = |wanted: u64| spans.iter().any(|(id, _)| *id == wanted);
            spans.iter().any(|(_, parent)| *parent != 0 && !is_there(*parent))
        });
        let expected: Vec<bool> = expected.collect();
        prop_assert_eq!(found(&traces), expected);
    }
}
