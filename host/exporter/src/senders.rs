//! Payloads by what their senders' headers say, for rules that send these on.

use sluice_auth::{Ambiguous, ClientAuth};
use sluice_otlp::{Payload, ScanError, SenderHeaders, partition};

/// One of several payloads, and what leaves with it.
pub type Sent = (Result<Option<SenderHeaders>, Ambiguous>, Payload);

/// Parts a payload so that in each the senders' headers that `auth` asks for are the same; where it asks for none, the
/// payload is passed on as it is.
///
/// # Errors
/// Never for a payload that was scanned.
pub fn by_sender(auth: Option<&ClientAuth>, payload: Payload) -> Result<Vec<Sent>, ScanError> {
    match auth.filter(|auth| auth.reads_senders()) {
        Some(auth) => partition(payload, |row| auth.sender(&row.headers).map(Some)),
        None => Ok(vec![(Ok(None), payload)]),
    }
}
