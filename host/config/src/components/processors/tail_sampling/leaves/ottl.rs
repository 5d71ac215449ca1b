use super::settings::Settings;
use crate::decode::{Key, Node};

pub(crate) const OTTL_CONDITION_KEYS: &[Key] = &[
    Key::new("error_mode", "`propagate`, `ignore` or `silent`", "propagate", "when a condition fails"),
    Key::new("span", "list of conditions", "[]", "keep a trace with a span for which one is true"),
    Key::new("spanevent", "list of conditions", "[]", "or with a span event for which one is true"),
];

const ERROR_MODES: [&str; 3] = ["propagate", "ignore", "silent"];

/// The conditions themselves are the plugin's to read.
pub(super) fn ottl_condition(settings: &mut Settings<'_>) {
    let conditions = ["span", "spanevent"];
    settings.word("error_mode", &ERROR_MODES);
    for key in conditions {
        settings.texts(key);
    }
    for item in conditions.iter().filter_map(|key| settings.fields().get(key)).flat_map(Node::items) {
        if item.is_null() || item.as_text().is_some_and(|text| text.trim().is_empty()) {
            item.error("a condition is empty");
        }
    }
    let is_empty = |key: &&str| settings.fields().get(key).is_none_or(|node| node.items().is_empty());
    if conditions.iter().all(is_empty) {
        settings.error("", "expected at least one condition, in span or in spanevent");
    }
}
