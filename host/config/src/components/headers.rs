use crate::decode::{Node, Read};
use crate::types::secret::Secret;

/// Headers to send, in the order of the file. No message shows their values.
pub(crate) struct Headers<'a>(pub(crate) &'a mut Vec<(String, Secret)>);

impl Read for Headers<'_> {
    fn read(&mut self, node: &Node<'_>) {
        self.0.clear();
        for (name, value_node) in node.entries().unwrap_or_default() {
            if !is_header_name(name) {
                value_node.error("is no name for a header; use lower-case letters, digits, `-`, `_` and `.`");
            }
            let mut value = Secret::default();
            value.read(&value_node);
            if value.expose().bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
                value_node.error("a header's value is one line of printable ASCII");
            }
            self.0.push((name.to_owned(), value));
        }
    }
}

/// gRPC's rule for metadata, and narrow enough for HTTP; upper case is sent as lower case.
pub(crate) fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
