//! Policies about attributes, and about the tracestate.

use super::settings::Settings;
use crate::decode::Key;

/// W3C's bound: an entry of a tracestate with so many bytes or more matches nothing in the Collector.
const MAX_TRACE_STATE_ENTRY: usize = 256;

const KEY: Key = Key::new("key", "text", "(required)", "an attribute of the resource or of any span");
const INVERT: Key =
    Key::new("invert_match", "true or false", "false", "keep a trace in which nothing matches");

pub(crate) const NUMERIC_KEYS: &[Key] = &[
    KEY,
    Key::new("min_value", "number", "0", "the least value that matches; 0: none"),
    Key::new("max_value", "number", "0", "the greatest value that matches; 0: none"),
    INVERT,
];

pub(crate) const BOOLEAN_KEYS: &[Key] =
    &[KEY, Key::new("value", "true or false", "false", "what matches"), INVERT];

pub(crate) const STRING_KEYS: &[Key] = &[
    KEY,
    Key::new("values", "list of text", "(required)", "what matches"),
    Key::new("enabled_regex_matching", "true or false", "false", "`values` are regular expressions"),
    Key::new("cache_max_size", "number", "128", "results of regular expressions that are kept"),
    INVERT,
];

pub(crate) const TRACE_STATE_KEYS: &[Key] = &[
    Key::new("key", "text", "(required)", "an entry of the tracestate of any span"),
    Key::new("values", "list of text", "(required)", "what matches"),
];

/// A bound of 0 is none, as in the Collector.
pub(super) fn numeric(settings: &mut Settings<'_>) {
    settings.required_text("key");
    let bounds = ["min_value", "max_value"];
    let [least, greatest] = bounds.map(|key| settings.read::<i64>(key));
    settings.read::<bool>("invert_match");
    let is_unread = |key, value: Option<i64>| settings.has_value(key) && value.is_none();
    if is_unread("min_value", least) || is_unread("max_value", greatest) {
        return;
    }
    match (least.unwrap_or(0), greatest.unwrap_or(0)) {
        (0, 0) => settings
            .error("", "give min_value or max_value, at least one of them other than 0, which is no bound"),
        (least, greatest) if least != 0 && greatest != 0 && least > greatest => settings
            .error("max_value", format!("{greatest} is below min_value, {least}, so no value would match")),
        (0, _) if least.is_some() => settings.warning("min_value", no_bound("negative values match, too")),
        (_, 0) if greatest.is_some() => settings.warning("max_value", no_bound("positive values match, too")),
        _ => {}
    }
}

fn no_bound(consequence: &str) -> String {
    format!("0 is no bound, as in the Collector, so {consequence}")
}

pub(super) fn boolean(settings: &mut Settings<'_>) {
    settings.required_text("key");
    settings.read::<bool>("value");
    settings.read::<bool>("invert_match");
}

pub(super) fn string(settings: &mut Settings<'_>) {
    settings.required_text("key");
    let values = settings.required_texts("values");
    let is_regex = settings.read::<bool>("enabled_regex_matching") == Some(true);
    settings.whole("cache_max_size", u32::MAX.into());
    settings.read::<bool>("invert_match");
    if !is_regex && values.iter().any(String::is_empty) {
        settings.warning("values", "an empty value matches nothing");
    }
    if is_regex && values.iter().any(String::is_empty) {
        settings.warning("values", "an empty regular expression matches everything");
    }
    if !is_regex && settings.has_value("cache_max_size") {
        settings.warning("cache_max_size", "changes nothing without `enabled_regex_matching: true`");
    }
}

pub(super) fn trace_state(settings: &mut Settings<'_>) {
    let key_length = settings.required_text("key").map_or(0, |key| key.len());
    let values = settings.required_texts("values");
    if values.iter().any(|value| value.is_empty() || key_length + value.len() >= MAX_TRACE_STATE_ENTRY) {
        settings.warning(
            "values",
            format!(
                "what is empty, or with its key {MAX_TRACE_STATE_ENTRY} bytes or longer, matches nothing"
            ),
        );
    }
}
