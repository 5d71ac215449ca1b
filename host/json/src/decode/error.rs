use thiserror::Error;

/// Why a text is no request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// It is no JSON, or not OTLP's.
    #[error("malformed OTLP/JSON{}: {message}", place(path))]
    Malformed {
        /// The field at fault, as far as it is known: `resourceSpans[0].scopeSpans[1].spans[7].traceId`.
        path: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// Its wire bytes are more than allowed.
    #[error("the request has more than {max} bytes as protobuf")]
    TooLarge {
        /// What is allowed.
        max: usize,
    },
}

fn place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" ({path})") }
}
