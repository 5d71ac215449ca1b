use std::path::PathBuf;

use super::header::check_header;
use crate::decode::{Block, Fields, Key, Node, Read, choice};
use crate::types::id::ComponentId;
use crate::types::secret::Secret;

/// The `headers_setter` extension, for exporters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadersSetter {
    /// In the order in which they are applied.
    pub headers: Vec<HeaderRule>,
    /// The extension that completes the headers first.
    pub additional_auth: Option<ComponentId>,
}

/// What happens to one header of every request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderRule {
    /// Its name.
    pub key: String,
    /// What happens to it.
    pub action: HeaderAction,
    /// Its value; one of the three sources is there unless it is deleted.
    pub value: Option<Secret>,
    /// A file that has its value.
    pub value_file: Option<PathBuf>,
    /// The header of the request that the data came with which has its value.
    pub from_context: Option<String>,
    /// What stands for that header where it was not there.
    pub default_value: Option<Secret>,
    /// A file that has it.
    pub default_value_file: Option<PathBuf>,
}

/// What can happen to a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderAction {
    /// It is set where it is not there.
    Insert,
    /// It is set where it is there.
    Update,
    /// It is set.
    #[default]
    Upsert,
    /// It is taken away.
    Delete,
}

choice!(HeaderAction: "insert" => Insert, "update" => Update, "upsert" => Upsert, "delete" => Delete);

impl Block for HeadersSetter {
    const KEYS: &'static [Key] = &[
        Key::block("headers", HeaderRule::KEYS),
        Key::new(
            "additional_auth",
            "id of an extension",
            "(none)",
            "what completes the headers before these rules",
        ),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("headers", &mut Rules(&mut self.headers));
        if !fields.has_value("headers") {
            fields.error("headers", "missing headers configuration; list what happens to which header");
        }
        let mut additional = String::new();
        fields.read("additional_auth", &mut additional);
        if additional.is_empty() {
            return;
        }
        match ComponentId::parse(&additional) {
            Ok(id) if id.kind() == "headers_setter" => {
                fields.error("additional_auth", "is a headers_setter too; put all rules into one of them");
            }
            Ok(id) => self.additional_auth = Some(id),
            Err(message) => fields.error("additional_auth", message),
        }
    }
}

/// A list of rules.
struct Rules<'a>(&'a mut Vec<HeaderRule>);

impl Read for Rules<'_> {
    fn read(&mut self, node: &Node<'_>) {
        for item in node.items() {
            let mut rule = HeaderRule::default();
            rule.read(&item);
            self.0.push(rule);
        }
    }
}

impl Block for HeaderRule {
    const KEYS: &'static [Key] = &[
        Key::new("key", "name", "(required)", "the header"),
        Key::new("action", "`insert`, `update`, `upsert` or `delete`", "upsert", "what happens to it"),
        Key::new("value", "text", "(none)", "its value; never shown"),
        Key::new("value_file", "path", "(none)", "the same, in a file"),
        Key::new("from_context", "name", "(none)", "the header of the sender's request that has its value"),
        Key::new("default_value", "text", "(empty)", "where the sender's request has no such header"),
        Key::new("default_value_file", "path", "(none)", "the same, in a file"),
        Key::refused(
            "from_attribute",
            "what a receiver's authenticator knows of a sender is not kept with its data; have the sender name itself in \
             a header, and use from_context",
        ),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("key", &mut self.key);
        fields.read("action", &mut self.action);
        fields.read("value", &mut self.value);
        fields.read("value_file", &mut self.value_file);
        fields.read("from_context", &mut self.from_context);
        fields.read("default_value", &mut self.default_value);
        fields.read("default_value_file", &mut self.default_value_file);
        if fields.has_value("key") {
            check_header(fields, "key", &self.key);
        } else {
            fields.error("key", "missing header name");
        }
        if let Some(name) = &self.from_context {
            check_header(fields, "from_context", name);
        }
        for key in ["value", "default_value"] {
            let value = if key == "value" { &self.value } else { &self.default_value };
            let text = value.as_ref().map(Secret::expose).unwrap_or_default();
            if text.bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
                fields.error(key, "a header's value is one line of printable ASCII");
            }
        }
        self.check_sources(fields);
    }
}

impl HeaderRule {
    fn check_sources(&self, fields: &Fields<'_>) {
        let given: Vec<_> =
            ["value", "value_file", "from_context"].into_iter().filter(|key| fields.has_value(key)).collect();
        match (self.action, given.as_slice()) {
            (HeaderAction::Delete, [key, ..]) => {
                fields.warning(key, "changes nothing: the header is deleted")
            }
            (HeaderAction::Delete, []) | (_, [_]) => {}
            (_, []) => fields.error("value", "missing header source; give value, value_file or from_context"),
            (_, [_, other, ..]) => fields.error(other, format!("give {} or {other}, not both", given[0])),
        }
        for key in ["default_value", "default_value_file"] {
            if fields.has_value(key) && !fields.has_value("from_context") {
                fields.error(key, "is for from_context, which is not there");
            }
        }
        if fields.has_value("default_value") && fields.has_value("default_value_file") {
            fields.error("default_value_file", "give default_value or default_value_file, not both");
        }
    }
}
