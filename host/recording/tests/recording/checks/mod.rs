//! What holds for any bytes: the property tests and the fuzz target check it.

use std::collections::BTreeSet;

use sluice_otlp::{Request, Signal};
use sluice_recording::{Place, Recording, Redaction, frame};

/// Any file is read to its end or refused in words; what is read can be redacted, and has as many spans then.
pub(crate) fn read_bytes(data: &[u8]) {
    let mut recording = Recording::new(data);
    loop {
        match recording.next_request() {
            Ok(Some(request)) => redact_bytes(request.body()),
            Ok(None) => break,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                if let Place::Byte(byte) = error.place {
                    assert!(byte <= data.len() as u64);
                }
                break;
            }
        }
    }
}

/// A request that the scanner takes is one after any redaction, too.
pub(crate) fn redact_bytes(body: &[u8]) {
    let Ok(before) = Request::scan(Signal::Traces, body.to_vec().into()) else { return };
    let keys: BTreeSet<String> = [String::new(), "a".to_owned(), "service.name".to_owned()].into();
    for redaction in [Redaction::Nothing, Redaction::Keys(keys.clone()), Redaction::AllBut(keys)] {
        let redacted = redaction.apply(body).expect("a request that was scanned");
        let after = Request::scan(Signal::Traces, redacted.clone().into()).expect("a request");
        assert_eq!(after.items(), before.items());
        assert_eq!(
            redaction.apply(&redacted).as_deref(),
            Ok(&redacted[..]),
            "redacting twice changes nothing"
        );
        let record = frame(&redacted).expect("not too long");
        let mut recording = Recording::new(&record[..]);
        let read = recording.next_request().expect("a record").expect("one record");
        assert_eq!(read.body()[..], redacted[..]);
        assert!(recording.next_request().expect("the end").is_none());
    }
}
