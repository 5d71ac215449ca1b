use super::code;
use crate::rejection::Cause;
use crate::status;

/// Clients send the same again over HTTP exactly when they do so over gRPC.
#[test]
fn both_transports_agree_on_retries() {
    for cause in Cause::ALL {
        let rejection = crate::rejection::Rejection::new(cause, "m");
        let over_grpc = matches!(
            status::status(&rejection).code(),
            tonic::Code::Unavailable | tonic::Code::DeadlineExceeded | tonic::Code::Cancelled
        );
        assert_eq!(matches!(code(cause).as_u16(), 429 | 502 | 503 | 504), over_grpc, "{cause:?}");
    }
}
