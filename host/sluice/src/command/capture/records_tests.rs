use super::*;

/// Guarantees: however the answer is cut, whole records are written, and only these.
#[test]
fn whole_records_are_written() {
    let stream: Vec<u8> = [&[0, 0, 0, 2, 7, 7][..], &[0, 0, 0, 0], &[0, 0, 0, 1, 9]].concat();
    for size in 1..=stream.len() {
        let (mut records, mut output) = (Records::default(), Vec::new());
        for (number, piece) in stream.chunks(size).enumerate() {
            records.take(piece, &mut output).unwrap();
            let taken = (number + 1) * size;
            let whole = [0, 6, 10, 15].into_iter().rfind(|end| *end <= taken).unwrap_or_default();
            assert_eq!(output, stream[..whole], "{size}");
        }
        assert!(records.is_whole());
        assert_eq!((records.traces(), records.bytes()), (3, 3));
    }
    let mut records = Records::default();
    records.take(&[0, 0], &mut Vec::new()).unwrap();
    assert!(!records.is_whole());
    assert!(Records::default().take(&[0xff; 4], &mut Vec::new()).is_err(), "no record is that long");
}
