use super::*;

fn read_all(bytes: &[u8]) -> Result<Vec<Field<'_>>, WireError> {
    let mut fields = Fields::new(bytes);
    let mut read = Vec::new();
    while let Some(field) = fields.next_field()? {
        read.push(field);
    }
    Ok(read)
}

/// Each wire type is read with its value and its place.
#[test]
fn fields_of_all_wire_types_are_read() {
    let bytes = [
        0x08, 0x96, 0x01, // 1: varint 150
        0x11, 1, 0, 0, 0, 0, 0, 0, 0, // 2: fixed64 1
        0x1a, 2, b'h', b'i', // 3: bytes
        0x23, 0x08, 0x01, 0x24, // 4: a group with a field in it
        0x2d, 2, 0, 0, 0, // 5: fixed32 2
    ];
    let values: Vec<_> = read_all(&bytes).unwrap().iter().map(|field| (field.number, field.value)).collect();
    let expected = [
        (1, Value::Varint(150)),
        (2, Value::Fixed64(1)),
        (3, Value::Bytes(b"hi")),
        (4, Value::Group),
        (5, Value::Fixed32(2)),
    ];
    assert_eq!(values, expected);
    let ends: Vec<_> = read_all(&bytes).unwrap().iter().map(|field| (field.start, field.end)).collect();
    assert_eq!(ends, [(0, 3), (3, 12), (12, 16), (16, 20), (20, 25)]);
}

/// What is no field is refused by its reason, and the reader stays where it was.
#[test]
fn malformed_fields_are_refused() {
    let cases: [(&[u8], WireError); 11] = [
        (&[0x08], WireError::Truncated),
        (&[0x08, 0x80], WireError::Truncated),
        (&[0x09, 1, 2, 3], WireError::Truncated),
        (&[0x12, 5, b'a'], WireError::Truncated),
        (&[0x0d, 1], WireError::Truncated),
        (&[0x00, 0x01], WireError::FieldNumber),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0x01], WireError::FieldNumber),
        (&[0x0e, 0x01], WireError::WireType),
        (&[0x0c], WireError::Group),
        (&[0x0b, 0x14], WireError::Group),
        (&[0x0b, 0x08, 0x01], WireError::Truncated),
    ];
    for (bytes, expected) in cases {
        let mut fields = Fields::new(bytes);
        assert_eq!(fields.next_field(), Err(expected), "{bytes:?}");
        assert_eq!(fields.position(), 0);
    }
}

/// Lengths that would overflow an address are out of range like any other.
#[test]
fn a_huge_length_is_truncated() {
    let mut bytes = vec![0x0a];
    put_varint(&mut bytes, u64::MAX);
    assert_eq!(read_all(&bytes), Err(WireError::Truncated));
}

/// A varint has at most 64 bits in ten bytes; more bytes than it needs are fine.
#[test]
fn varints_have_at_most_64_bits() {
    let mut longest = vec![0xff; 9];
    longest.push(0x01);
    assert_eq!(read_varint(&longest, 0), Ok((u64::MAX, 10)));
    longest[9] = 0x02;
    assert_eq!(read_varint(&longest, 0), Err(WireError::Varint));
    assert_eq!(read_varint(&[0x80; 11], 0), Err(WireError::Varint));
    assert_eq!(read_varint(&[0x80; 9], 0), Err(WireError::Truncated));
    assert_eq!(read_varint(&[0x81, 0x80, 0x00], 0), Ok((1, 3)));
}

/// A varint that is written is read again, and as long as it was said to be.
#[test]
fn varints_round_trip() {
    let powers = (0..64).map(|bit| 1_u64 << bit);
    for value in powers.flat_map(|power| [power - 1, power, power + 1]).chain([u64::MAX]) {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, value);
        assert_eq!(bytes.len(), varint_len(value));
        assert_eq!(read_varint(&bytes, 0), Ok((value, bytes.len())));
    }
}

/// Groups nest up to the limit and no further, so that a sender cannot exhaust the stack.
#[test]
fn groups_nest_to_a_limit() {
    let nested = |levels: usize| [vec![0x0b; levels], vec![0x0c; levels]].concat();
    assert!(read_all(&nested(MAX_DEPTH as usize)).is_ok());
    assert_eq!(read_all(&nested(MAX_DEPTH as usize + 1)), Err(WireError::Depth));
    assert_eq!(read_all(&nested(1_000_000)), Err(WireError::Depth));
}
