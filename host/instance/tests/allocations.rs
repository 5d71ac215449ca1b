//! What the question costs a receiver, for each request that does not put it.

use allocation_counter::measure;
use http::{HeaderMap, HeaderValue};
use sluice_instance::{HEADER, QUESTION, answer};

/// Neither a request that does not ask, nor one that does, costs memory; but for the first that ever asks.
#[test]
fn an_answer_is_not_allocated() {
    let silent = HeaderMap::from_iter([(http::header::TE, HeaderValue::from_static("trailers"))]);
    let asking = HeaderMap::from_iter([(HEADER, QUESTION)]);
    let first = answer(&asking);
    assert_eq!(measure(|| assert_eq!(answer(&silent), None)).count_total, 0);
    assert_eq!(measure(|| assert_eq!(answer(&asking), first)).count_total, 0);
}
