use crate::decode::Fields;

/// Headers that HTTP/2 and gRPC have for themselves.
const RESERVED: [&str; 4] = ["te", "content-type", "host", "connection"];

/// Notes what is wrong with the name of a header that is to be sent or read.
pub(super) fn check_header(fields: &Fields<'_>, key: &str, name: &str) {
    let lower = name.to_ascii_lowercase();
    let is_name = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if lower.is_empty() || !is_name {
        fields.error(key, "is no name for a header; use letters, digits, `-`, `_` and `.`");
    } else if RESERVED.contains(&lower.as_str()) || lower.starts_with("grpc-") {
        fields.error(key, "gRPC itself uses this header");
    } else if lower.ends_with("-bin") {
        fields.error(key, "binary headers (-bin) are not served");
    }
}
